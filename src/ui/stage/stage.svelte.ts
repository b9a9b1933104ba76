// The state of the stage: what is asked of which model, what it answers, the race, and all tries.
import { type Experiment, isTrained, resolveExperiment } from '../../lab/experiment/experiment.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import type { PickedFolder } from '../../lab/models/local-files.ts';
import {
  OWN,
  QUESTIONS,
  questionNamed,
  raceExperiment,
  usualValues,
} from '../../lab/race/questions.ts';
import { type Race, raceAfter, type RaceTarget } from '../../lab/race/race.ts';
import { DrawnRace } from './drawn-race.ts';
import { type IsLatest, LatestWork } from './latest-work.svelte.ts';
import { RaceView } from './race-view.svelte.ts';
import type { Racing } from './racing.ts';
import { fetchJson, readJsonFile } from './read-json.ts';
import { type PreviewOf, sketchOf } from './sketch.ts';
import {
  askedIn,
  encodeStage,
  isSameQuestion,
  linkOf,
  SHIPPED_RACE,
  type StageLink,
} from './stage-link.ts';
import type { StageModel } from './stage-model.svelte.ts';
import { StepTrial, TRIAL_STEPS } from './step-trial.ts';
import { type Try, triesOf } from './tries.ts';
import { Turnstile } from './turnstile.svelte.ts';

/** `offered`: the model would have to be fetched first, which waits for a person. */
export type Activity = 'looking' | 'offered' | 'ready' | 'racing' | 'raced' | 'failed';

/** A control rests this long before the untouched model is asked. */
const REST_MS = 250;

export interface StageParts {
  readonly racing: Racing;
  readonly model: StageModel;
  readonly preview: PreviewOf;
}

export class Stage {
  link = $state.raw<StageLink>()!;
  activity = $state<Activity>('looking');
  error = $state.raw<LabError | null>(null);
  /** What the race's lanes show. */
  readonly view = new RaceView();
  /** Of a step of both lanes, measured by a few; null before. */
  secondsEach = $state<number | null>(null);
  /** Of this question, whatever its seed; the latest last. */
  tries = $state.raw<readonly Try[]>([]);
  /** Where the steps of a race wait that is taken one by one. */
  readonly turnstile = new Turnstile();
  readonly work: LatestWork;
  readonly model: StageModel;
  readonly racing: Racing;
  readonly #preview: PreviewOf;
  /** What is asked for, before the model has been. */
  #sketch = $state.raw<RaceTarget | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly question = $derived(questionNamed(this.link.key) ?? { ...OWN, controls: [] });
  readonly experiment: Experiment | null = $derived.by(() => {
    try {
      return this.#experimentOf(this.link);
    } catch {
      return null;
    }
  });

  constructor({ racing, model, preview }: StageParts, link: StageLink) {
    this.racing = racing;
    this.model = model;
    this.#preview = preview;
    this.work = new LatestWork(racing, () => this.turnstile.open());
    this.link = link;
  }

  /** What the lanes are drawn over. */
  get target(): RaceTarget | null {
    return this.view.target ?? this.#sketch;
  }

  /** Of the race in view, else of the next one. */
  get steps(): number {
    return this.view.race?.experiment.training.steps ?? this.question.steps;
  }

  /** Looks at what the address asks, and runs it if the address says so; nothing if it is in view. */
  async begin(): Promise<void> {
    if (this.view.race) return;
    const { raced, race } = this.link;
    if (race !== '') return this.open(race);
    await this.look();
    if (raced && this.activity === 'ready') await this.teach();
  }

  ask(key: string): void {
    const question = QUESTIONS.find((one) => one.key === key);
    this.change({ key, values: question ? usualValues(question) : {} });
  }

  /** Asks something else, once nobody has moved anything for a moment. */
  change(link: Partial<StageLink>): void {
    const before = this.link;
    this.link = { ...before, ...link, raced: false, race: '' };
    if (encodeStage(this.link) === encodeStage({ ...before, raced: false })) return;
    if (!isSameQuestion(this.link, before)) this.tries = [];
    if (this.link.model !== before.model) this.secondsEach = null;
    // At once: a press of the button must not reach the race that is about to leave.
    this.activity = 'looking';
    void this.#draft(this.work.begin());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), REST_MS);
  }

  /** Draws what is asked for at once: a curve follows the hand that moves it. */
  async #draft(isLatest: IsLatest): Promise<void> {
    const { link } = this;
    try {
      const sketch = sketchOf(await this.#preview(askedIn(link).data));
      if (link !== this.link) return;
      this.#sketch = sketch;
      if (!isLatest()) return;
      this.view.show(null);
    } catch {
      // The look that follows says what is wrong.
    }
  }

  /** Shows a finished race from its file; nothing has to be computed. */
  open(address: string = SHIPPED_RACE): Promise<void> {
    return this.#openFrom(() => fetchJson(address), address);
  }

  /** The same from a file of this computer, which no link leads to. */
  openFile(file: File): Promise<void> {
    return this.#openFrom(() => readJsonFile(file), '');
  }

  #openFrom(read: () => Promise<unknown>, address: string): Promise<void> {
    return this.#latest(async (isLatest) => {
      await this.racing.stopRace();
      const { readRace } = await import('../../lab/race/race-file.ts');
      const race = readRace(await read());
      if (!isLatest()) return;
      this.link = { ...this.link, ...linkOf(race.experiment), raced: false, race: address };
      this.view.show(race);
      this.activity = 'raced';
      this.tries = triesOf(race);
    });
  }

  /** Asks a model from a folder or a file of this computer. */
  async openModel(picked: PickedFolder): Promise<void> {
    try {
      this.change({ model: await this.model.open(picked) });
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Fetches the model that is offered, and asks it. */
  async fetchModel(): Promise<void> {
    this.model.agree(this.link.model);
    await this.look();
  }

  /** The untouched model's answers, then the time that a step takes here. */
  look(): Promise<void> {
    // A curve stays under the hand that moves it, until the next one is there.
    this.#sketch ??= this.view.target;
    this.view.show(null);
    return this.#latest(async (isLatest) => {
      if (!(await this.#isAtHand(isLatest))) return;
      const experiment = this.#experimentOf(this.link);
      const untouched = { ...experiment, arms: experiment.arms.filter((arm) => !isTrained(arm)) };
      let race: Race | undefined;
      const end = await this.work.follow(isLatest, untouched, (event) => {
        race = raceAfter(race, experiment, event);
        if (race?.base && !this.view.race) this.view.show(race);
      });
      if (end === null) return;
      // A fetch that was stopped waits to be wanted again.
      this.activity = this.view.race ? 'ready' : 'offered';
      if (this.view.race && !this.link.raced) await this.#time(isLatest);
    });
  }

  /** Whether the model can be asked without fetching what nobody agreed to; offers it where it cannot. */
  async #isAtHand(isLatest: IsLatest): Promise<boolean> {
    const isAtHand = await this.model.isAtHand(this.link.model);
    if (!isLatest()) return false;
    if (isAtHand) return true;
    if (!this.target) await this.#draft(isLatest);
    if (isLatest()) this.activity = 'offered';
    return false;
  }

  /** Times a step of both lanes by a few, unless someone starts a race before. */
  async #time(isLatest: IsLatest): Promise<void> {
    const few = this.#experimentOf({ ...this.link, answers: 1 }, TRIAL_STEPS);
    const trial = new StepTrial();
    await this.work.follow(isLatest, few, (event) => {
      this.secondsEach = trial.hear(event) ?? this.secondsEach;
    });
  }

  /** One step of both lanes: of the race at hand, of a new one, or of one that is shown again. */
  async stepOnce(): Promise<void> {
    const { view } = this;
    if (this.activity === 'raced') view.cursor = Math.min(view.stepsTaken, view.step + 1);
    else if (this.activity === 'racing') this.turnstile.once();
    else await this.teach({}, true);
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
    clearTimeout(this.#timer);
    this.turnstile.open();
    if (stepwise) this.turnstile.close();
    this.link = { ...this.link, ...changes, race: '' };
    this.view.toLatest();
    await this.#latest((isLatest) => this.#race(isLatest), 'racing');
  }

  async #race(isLatest: IsLatest): Promise<void> {
    if (!(await this.#isAtHand(isLatest))) return;
    const experiment = this.#experimentOf(this.link);
    const drawn = new DrawnRace(experiment, {
      draw: (race) => isLatest() && (this.view.race = race),
      turn: () => this.turnstile.pass(),
    });
    const end = await this.work
      .follow(isLatest, experiment, drawn.hear)
      .finally(() => drawn.draw());
    if (!isLatest()) return;
    if (end !== 'done' || !drawn.race) {
      this.activity = 'ready';
      return;
    }
    this.activity = 'raced';
    this.secondsEach = drawn.secondsEach;
    this.link = { ...this.link, raced: true };
    this.tries = [...this.tries, ...triesOf(drawn.race)];
  }

  /** What was taught so far stays in view. */
  async stop(): Promise<void> {
    this.turnstile.open();
    await this.racing.stopRace();
  }

  /** Does something in the place of whatever was being done, and says how it failed if it did. */
  async #latest(
    action: (isLatest: IsLatest) => Promise<void>,
    activity: Activity = 'looking',
  ): Promise<void> {
    const isLatest = this.work.begin();
    this.error = null;
    this.activity = activity;
    try {
      await action(isLatest);
    } catch (thrown) {
      if (isLatest()) this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    this.error = labErrorOf(thrown);
    this.activity = 'failed';
  }

  #experimentOf(link: StageLink, taught?: number): Experiment {
    const { data, steps, model, seed } = askedIn(link);
    const { weights } = this.model;
    const settings = { model, weights, seed, answers: link.answers, steps: taught ?? steps };
    return resolveExperiment(raceExperiment(data, settings));
  }
}
