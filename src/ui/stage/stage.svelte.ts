// The state of the stage: what is asked, what the untouched model answers, the race, and all tries.
import type { Asking, StudyEnd } from '../../lab/contract.ts';
import type { StudyEvent } from '../../lab/events.ts';
import { isTrained, type Experiment, resolveExperiment } from '../../lab/experiment/experiment.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
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
import { hundredOf } from '../../lab/race/hundred.ts';
import { readRace } from '../../lab/race/race-file.ts';
import { fetchJson } from './fetch-json.ts';
import { askedIn, encodeStage, SHIPPED_RACE, type StageLink } from './stage-link.ts';
import { type Try, triesOf } from './tries.ts';
import { Turnstile } from './turnstile.ts';

/** How the stage has the worker do something; each settles as null where a study has the worker. */
export interface Racing {
  /** @param onEnding told before the race is ended from elsewhere */
  race(
    experiment: Experiment,
    onEvent: (event: StudyEvent) => unknown,
    onEnding: () => void,
  ): Promise<StudyEnd | null>;
  /** Asks arms that were trained before. */
  ask(
    experiment: Experiment,
    asking: Asking,
    onEvent: (event: StudyEvent) => unknown,
  ): Promise<StudyEnd | null>;
  /** Ends the race at hand, if there is one. */
  stopRace(): Promise<void>;
}

export type Activity = 'looking' | 'ready' | 'racing' | 'raced' | 'failed';

/** Steps by which the length of a race is measured. */
const TRIAL_STEPS = 4;
/** How often the page redraws while a race reports. */
const FRAME_MS = 50;
/** A control rests this long before the untouched model is asked. */
const REST_MS = 250;

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
  /** Whether a race waits for its next step to be let through. */
  waiting = $state(false);
  readonly #turnstile = new Turnstile();
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
    readonly racing: Racing,
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

  /** Of the race in view, else of the next one. */
  get steps(): number {
    return this.race?.experiment.training.steps ?? this.question.steps;
  }

  /** What a lane shows at the cursor: a frame that has been looked at, else the untouched model. */
  frameOf(lane: Lane): Frame | null {
    if (this.beyond) return this.race?.beyond?.ends[lane.arm.name] ?? null;
    const frames = lane.frames.filter(({ probabilities }) => probabilities.length > 0);
    return frames.findLast(({ step }) => step <= this.step) ?? this.race?.base ?? null;
  }

  /** A hundred draws from exact probabilities, as indices of answers; -1 is something else. */
  hundred(frame: Frame, name: string): number[] {
    return hundredOf(frame, this.link.seed, name);
  }

  /** Asks something else, once nobody has moved anything for a moment. */
  change(link: Partial<StageLink>): void {
    const before = this.link;
    this.link = { ...before, ...link, raced: false, race: '' };
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
    const { raced, race } = this.link;
    if (race !== '') return this.open(race);
    await this.look();
    if (raced && this.activity === 'ready') await this.teach();
  }

  /** Shows a finished race from its file; nothing has to be computed. */
  async open(address: string = SHIPPED_RACE): Promise<void> {
    const turn = ++this.#turn;
    this.error = null;
    this.activity = 'looking';
    try {
      const race = readRace(await fetchJson(address));
      if (turn !== this.#turn) return;
      this.link = { ...this.link, race: address };
      this.#show(race);
    } catch (thrown) {
      if (turn === this.#turn) this.#fail(thrown);
    }
  }

  #show(race: Race): void {
    this.race = race;
    this.cursor = null;
    this.beyond = false;
    this.activity = 'raced';
    this.tries = triesOf(race);
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

  /** One step of both lanes: of the race at hand, of a new one, or of one that is shown again. */
  async stepOnce(): Promise<void> {
    if (this.activity === 'raced') this.cursor = Math.min(this.stepsTaken, this.step + 1);
    else if (this.activity === 'racing') this.#letThrough();
    else await this.teach({}, true);
  }

  /** The rest of a race that is taken step by step. */
  goOn(): void {
    this.waiting = false;
    this.#turnstile.open();
  }

  #letThrough(): void {
    this.waiting = false;
    this.#turnstile.once();
  }

  /**
   * Both lanes, step by step in turns. @param changes to what is asked, e.g. more answers a step
   * @param stepwise whether every step waits to be let through
   */
  async teach(
    changes: Partial<Pick<StageLink, 'answers' | 'seed'>> = {},
    stepwise = false,
  ): Promise<void> {
    if (this.activity === 'racing') return;
    const turn = ++this.#turn;
    clearTimeout(this.#timer);
    this.#turnstile.open();
    this.#turnstile.closed = stepwise;
    this.link = { ...this.link, ...changes, race: '' };
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
      const isTurn = event.type === 'snapshot' && event.step > 0 && event.step < this.steps;
      if (!isTurn || event.arm !== race?.lanes.at(-1)?.arm.name) return;
      const passing = this.#turnstile.pass();
      this.waiting = passing !== undefined;
      return passing;
    });
    this.waiting = false;
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
    this.tries = [...this.tries, ...triesOf(race)];
  }

  /** A method, since TypeScript does not see that following a race may have changed the activity. */
  #hasFailed(): boolean {
    return this.activity === 'failed';
  }

  /** What was taught so far stays in view. */
  async stop(): Promise<void> {
    this.goOn();
    await this.racing.stopRace();
  }

  async #follow(turn: number, experiment: Experiment, onEvent: (event: StudyEvent) => unknown) {
    try {
      return await this.racing.race(
        experiment,
        (event) => (turn === this.#turn ? onEvent(event) : undefined),
        // The end of an earlier look or trial lets nothing of the race after it through.
        () => turn === this.#turn && this.goOn(),
      );
    } catch (thrown) {
      if (turn === this.#turn) this.#fail(thrown);
      return null;
    }
  }

  #fail(thrown: unknown): void {
    this.error = labErrorOf(thrown);
    this.activity = 'failed';
  }

  #experimentOf(link: StageLink, taught?: number): Experiment {
    const { data, steps, model, seed } = askedIn(link);
    const settings = { model, seed, answers: link.answers, steps: taught ?? steps };
    return resolveExperiment(raceExperiment(data, settings));
  }
}
