// The state of the stage: what is asked, what the untouched model answers, the race, and all tries.
import { randomStream } from '../../core/random.ts';
import { sampleAnswers } from '../../core/targets/sample-answers.ts';
import type { StudyEvent } from '../../lab/events.ts';
import { isTrained, type Experiment, resolveExperiment } from '../../lab/experiment/experiment.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import { readChoices } from '../../lab/race/own-choices.ts';
import {
  OWN,
  QUESTIONS,
  questionNamed,
  raceExperiment,
  usualValues,
} from '../../lab/race/questions.ts';
import {
  type Frame,
  type Lane,
  type Race,
  raceAfter,
  type RaceTarget,
} from '../../lab/race/race.ts';
import { encodeStage, type StageLink } from './stage-link.ts';

/** How the stage has the worker do something. */
export interface Racing {
  /** Null where a study has the worker. */
  race(
    experiment: Experiment,
    onEvent: (event: StudyEvent) => void,
  ): Promise<'done' | 'cancelled' | null>;
  /** Ends the race at hand, if there is one. */
  stopRace(): Promise<void>;
}

export type Activity = 'looking' | 'ready' | 'racing' | 'raced' | 'failed';

/** Draws that fall into place. */
export const HUNDRED = 100;
/** Steps by which the length of a race is measured. */
const TRIAL_STEPS = 4;
/** How often the page redraws while a race reports. */
const FRAME_MS = 50;
/** A control rests this long before the untouched model is asked. */
const REST_MS = 250;

/** One lane's end, as the chart of all tries shows it. */
export interface Try {
  readonly method: Lane['arm']['method'];
  /** Sampled answers seen. */
  readonly answers: number;
  readonly away: number;
  readonly seed: number;
}

export class Stage {
  link = $state.raw<StageLink>()!;
  activity = $state<Activity>('looking');
  error = $state.raw<LabError | null>(null);
  race = $state.raw<Race | null>(null);
  /** Whether the lanes show the question with parameters that nobody was taught. */
  beyond = $state(false);
  /** The frame on display; null for the latest. */
  cursor = $state<number | null>(null);
  /** Of a step of both lanes, measured by a few; null before. */
  secondsEach = $state<number | null>(null);
  /** Of this question, whatever its seed; the latest last. */
  tries = $state.raw<readonly Try[]>([]);
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly question = $derived(questionNamed(this.link.key) ?? { ...OWN, controls: [] });
  readonly step = $derived(this.cursor ?? this.stepsTaken);
  readonly experiment: Experiment | null = $derived.by(() => {
    try {
      return this.#experimentOf(this.link);
    } catch {
      return null;
    }
  });

  constructor(
    private readonly racing: Racing,
    link: StageLink,
  ) {
    this.link = link;
  }

  /** What the lanes are drawn over. */
  get target(): RaceTarget | null {
    return (this.beyond ? this.race?.beyond?.target : this.race?.target) ?? null;
  }

  /** The untouched model's answers to it. */
  get base(): Frame | null {
    return (this.beyond ? this.race?.beyond?.ends.base : this.race?.base) ?? null;
  }

  get stepsTaken(): number {
    return Math.max(0, ...(this.race?.lanes ?? []).map(({ frames }) => frames.at(-1)?.step ?? 0));
  }

  get steps(): number {
    return this.question.steps;
  }

  /** What a lane shows at the cursor: a frame that has been looked at, else the untouched model. */
  frameOf(lane: Lane): Frame | null {
    if (this.beyond) return this.race?.beyond?.ends[lane.arm.name] ?? null;
    const frames = lane.frames.filter(({ probabilities }) => probabilities.length > 0);
    return frames.findLast(({ step }) => step <= this.step) ?? this.race?.base ?? null;
  }

  /** A hundred draws from exact probabilities, as indices of answers; -1 is something else. */
  hundred(frame: Frame, name: string): number[] {
    const { probabilities, invalidMass } = frame;
    const random = randomStream(this.link.seed, 'a hundred', name);
    const draws = sampleAnswers([...probabilities, Math.max(0, invalidMass)], HUNDRED, random);
    return Array.from(draws, (answer) => (answer < probabilities.length ? answer : -1));
  }

  /** Asks something else, once nobody has moved anything for a moment. */
  change(link: Partial<StageLink>): void {
    const before = this.link;
    this.link = { ...before, ...link, raced: false };
    if (encodeStage(this.link) === encodeStage({ ...before, raced: false })) return;
    const seedOnly =
      encodeStage({ ...this.link, seed: 0 }) === encodeStage({ ...before, seed: 0, raced: false });
    if (!seedOnly) this.tries = [];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), REST_MS);
  }

  ask(key: string): void {
    const question = QUESTIONS.find((one) => one.key === key);
    this.change({ key, values: question ? usualValues(question) : {} });
  }

  /** Looks at what the address asks, and runs it if the address says so; nothing if it is in view. */
  async begin(): Promise<void> {
    if (this.race) return;
    const { raced } = this.link;
    await this.look();
    if (raced && this.activity === 'ready') await this.teach();
  }

  /** The untouched model's answers, then the time that a step takes here. */
  async look(): Promise<void> {
    const turn = ++this.#turn;
    this.race = null;
    this.cursor = null;
    this.beyond = false;
    this.error = null;
    this.activity = 'looking';
    let experiment: Experiment;
    try {
      experiment = this.#experimentOf(this.link);
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    const untouched = { ...experiment, arms: experiment.arms.filter((arm) => !isTrained(arm)) };
    let race: Race | undefined;
    await this.#follow(turn, untouched, (event) => {
      race = raceAfter(race, experiment, event);
      if (race?.base && !this.race) this.race = race;
    });
    if (turn !== this.#turn || this.#hasFailed()) return;
    this.activity = this.race ? 'ready' : 'looking';
    if (this.race && !this.link.raced) await this.#time(turn);
  }

  /** Times a step of both lanes by a few, unless someone starts a race before. */
  async #time(turn: number): Promise<void> {
    const trial = this.#experimentOf({ ...this.link, answers: 1 }, TRIAL_STEPS);
    const ends: number[] = [];
    await this.#follow(turn, trial, (event) => {
      if (event.type === 'snapshot' && event.step > 0) ends.push(performance.now());
    });
    // The first step of each lane also prepares programs and weights.
    const later = ends.slice(2, 2 * TRIAL_STEPS);
    if (turn !== this.#turn || later.length < 2) return;
    this.secondsEach = (2 * (later.at(-1)! - later[0]!)) / (later.length - 1) / 1000;
  }

  /** Both lanes, step by step in turns. @param changes to what is asked, e.g. more answers a step */
  async teach(changes: Partial<Pick<StageLink, 'answers' | 'seed'>> = {}): Promise<void> {
    if (this.activity === 'racing') return;
    const turn = ++this.#turn;
    clearTimeout(this.#timer);
    this.link = { ...this.link, ...changes };
    this.error = null;
    this.cursor = null;
    this.beyond = false;
    let experiment: Experiment;
    try {
      experiment = this.#experimentOf(this.link);
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    this.activity = 'racing';
    let race: Race | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      if (turn === this.#turn && race?.base) this.race = race;
    };
    let firstStep: number | undefined;
    const end = await this.#follow(turn, experiment, (event) => {
      if (event.type === 'step') firstStep ??= performance.now();
      race = raceAfter(race, experiment, event);
      timer ??= setTimeout(draw, FRAME_MS);
    });
    clearTimeout(timer);
    draw();
    if (turn !== this.#turn || this.#hasFailed()) return;
    if (end !== 'done' || !race) {
      this.activity = 'ready';
      return;
    }
    this.activity = 'raced';
    this.secondsEach = (performance.now() - firstStep!) / 1000 / this.steps;
    this.link = { ...this.link, raced: true };
    this.tries = [...this.tries, ...race.lanes.map((lane) => tryOf(lane, experiment.seed))];
  }

  /** A method, since TypeScript does not see that following a race may have changed the activity. */
  #hasFailed(): boolean {
    return this.activity === 'failed';
  }

  /** What was taught so far stays in view. */
  async stop(): Promise<void> {
    await this.racing.stopRace();
  }

  /** Shows a race that was run before. */
  show(race: Race): void {
    ++this.#turn;
    this.race = race;
    this.cursor = null;
    this.beyond = false;
    this.activity = 'raced';
    this.tries = race.lanes.map((lane) => tryOf(lane, race.experiment.seed));
  }

  async #follow(turn: number, experiment: Experiment, onEvent: (event: StudyEvent) => void) {
    try {
      const end = await this.racing.race(experiment, (event) => {
        if (turn === this.#turn) onEvent(event);
      });
      return end;
    } catch (thrown) {
      if (turn === this.#turn) this.#fail(thrown);
      return null;
    }
  }

  #fail(thrown: unknown): void {
    this.error = labErrorOf(thrown);
    this.activity = 'failed';
  }

  #experimentOf({ key, values, own, ...rest }: StageLink, steps?: number): Experiment {
    const question = questionNamed(key);
    const data = question
      ? question.data(values)
      : { prompt: own.prompt, choices: readChoices(own.lines) };
    const taught = steps ?? (question ?? OWN).steps;
    return resolveExperiment(raceExperiment(data, { ...rest, steps: taught }));
  }
}

const tryOf = ({ arm, shown, frames }: Lane, seed: number): Try => ({
  method: arm.method,
  answers: shown.reduce((sum, step) => sum + step.length, 0),
  away: frames.at(-1)?.away ?? 1,
  seed,
});
