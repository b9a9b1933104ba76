// What the models of a finished race are asked afterwards: any prompt, and the sums they may have forgotten.
import type { AnswersEvent, StudyEvent, SumsEvent } from '../../lab/events.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import type { Race } from '../../lab/race/race.ts';
import type { Asking } from '../../lab/contract.ts';
import type { Racing } from './racing.ts';

export type Counted = AnswersEvent['answers'];

/** Enough to see a distribution, few enough to wait for. */
export const ASKED_ANSWERS = 20;
/** Sums of each number of digits. */
const SUMS = 30;
/** The arm of the untouched model, first of all. */
const UNTOUCHED = 'base';

/** Sums of the untouched model and of all that were trained. */
export const askedOf = ({ adapters }: Race): Asking => ({
  adapters: { [UNTOUCHED]: null, ...adapters },
  sums: SUMS,
});

export class AskedArms {
  busy = $state<'prompt' | 'sums' | null>(null);
  error = $state.raw<LabError | null>(null);
  /** By arm, each answer with how often it was given so far, the most frequent first. */
  answers = $state.raw<Readonly<Record<string, Counted>>>({});
  /** What the answers above are to. */
  asked = $state('');
  sums = $state.raw<Readonly<Record<string, SumsEvent['sums']>>>({});

  /** The untouched model first. */
  readonly arms: readonly string[];

  constructor(
    private readonly racing: Racing,
    private readonly race: Race,
  ) {
    this.arms = [UNTOUCHED, ...Object.keys(race.adapters)];
  }

  async ask(text: string): Promise<void> {
    this.answers = {};
    this.asked = text;
    await this.#follow('prompt', { prompt: { text, answers: ASKED_ANSWERS } });
  }

  async doSums(): Promise<void> {
    this.sums = {};
    await this.#follow('sums', askedOf(this.race));
  }

  async #follow(busy: 'prompt' | 'sums', asking: Partial<Asking>): Promise<void> {
    if (this.busy) return;
    this.busy = busy;
    this.error = null;
    try {
      const { adapters } = askedOf(this.race);
      await this.racing.ask(this.race.experiment, { adapters, ...asking }, (event) =>
        this.#hear(event),
      );
    } catch (thrown) {
      this.error = labErrorOf(thrown);
    } finally {
      this.busy = null;
    }
  }

  #hear(event: StudyEvent): void {
    if (event.type === 'sums') this.sums = { ...this.sums, [event.arm]: event.sums };
    if (event.type !== 'answers') return;
    const so = this.answers[event.arm] ?? [];
    this.answers = { ...this.answers, [event.arm]: joined(so, event.answers) };
  }
}

function joined(before: Counted, more: Counted): Counted {
  const fresh = more.filter(({ text }) => !before.some((known) => known.text === text));
  const grown = before.map(({ text, count }) => ({
    text,
    count: count + (more.find((one) => one.text === text)?.count ?? 0),
  }));
  return [...grown, ...fresh].sort((a, b) => b.count - a.count);
}

/** Share of the sums that are right. */
export const shareRight = (sums: SumsEvent['sums']): number =>
  sums.filter(({ correct }) => correct).length / sums.length;
