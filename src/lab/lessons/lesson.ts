// What a lesson is: a question to guess at, a run that settles it, and what its figures say.
import type { SumsEvent } from '../events.ts';
import type { ExperimentInput } from '../experiment/experiment.ts';
import { raceExperiment } from '../race/questions.ts';
import type { Race } from '../race/race.ts';

/** What a lesson is about: a distribution of its own, or a teacher's. */
export interface LessonSetup {
  readonly data: NonNullable<ExperimentInput['data']>;
  readonly model: string;
  readonly seed: number;
  /** Optimizer steps that the distribution gets. */
  readonly steps: number;
}

/** How a lesson has something computed. */
export interface Bench {
  /** Arms trained in turns and watched after every step. */
  race(experiment: ExperimentInput): Promise<Race>;
  /** By the names of arms, the untouched one among them: sums that they do. */
  sums(race: Race): Promise<Readonly<Record<string, SumsEvent['sums']>>>;
}

export interface Option {
  readonly key: string;
  readonly label: string;
  /** The largest amount that it stands for, where the guess is one. */
  readonly upTo?: number;
}

/** The options of an amount, each up to its bound, in words made of the bounds. @param unit as ` %` */
export const ranges = (
  bounds: readonly (readonly [key: string, upTo: number])[],
  unit = '',
): (Option & { readonly upTo: number })[] =>
  bounds.map(([key, upTo], i) => {
    const from = `${i === 0 ? 0 : bounds[i - 1]![1] + 1}${unit}`;
    const last = i === bounds.length - 1;
    const label =
      i === 0
        ? `at most ${upTo}${unit}`
        : last
          ? `at least ${from}`
          : `from ${from} to ${upTo}${unit}`;
    return { key, label, upTo };
  });

/** A guess that is drawn as a bar, from 0 on. What it stands for is the option that it falls into. */
export interface Amount {
  readonly most: number;
  /** What an amount is called: `7 different answers`. */
  readonly words: (amount: number) => string;
}

export interface Reveal {
  /** Key of the option that the figures make right. */
  readonly right: string;
  /** What came out where the guess was an amount. */
  readonly measured?: number;
  /** What came out, in sentences made of figures. */
  readonly sentences: readonly string[];
  /** What is drawn beside it. */
  readonly race: Race;
}

interface Description<Measured> {
  readonly title: string;
  /** For teachers: what it shows, and what it runs. */
  readonly shows: string;
  readonly runs: string;
  /** What is told before: under 120 words. */
  readonly words: string;
  readonly question: string;
  /** Those of an amount ascend, each with the most that it stands for. */
  readonly options: readonly Option[];
  readonly amount?: Amount;
  /** What it needs of a distribution; a teacher's may lack it. */
  readonly needs?: string;
  /** @param experiment the race of what is asked, one sampled answer a step */
  run(bench: Bench, experiment: ExperimentInput): Promise<Measured>;
  reveal(measured: Measured): Reveal;
}

export interface Lesson extends Omit<Description<never>, 'run' | 'reveal'> {
  settle(bench: Bench, asked: LessonSetup): Promise<Reveal>;
}

/** `reveal` is a function of what was measured alone. */
export function defineLesson<Measured>(
  description: Description<Measured>,
): Lesson & Pick<Description<Measured>, 'run' | 'reveal'> {
  const { run, reveal } = description;
  return {
    ...description,
    async settle(bench, { data, ...settings }) {
      return reveal(await run(bench, raceExperiment(data, { ...settings, answers: 1 })));
    },
  };
}

/** The option that an amount falls into. */
export const optionOf = (options: readonly Option[], amount: number): string =>
  firstNotBelow(
    amount,
    options.map(({ key, upTo = Infinity }) => [key, upTo] as const),
  );

/** Where something lies among bounds that ascend: the key of the first that is not below it. */
export const firstNotBelow = (value: number, bounds: readonly (readonly [string, number])[]) =>
  bounds.find(([, bound]) => value <= bound)?.[0] ?? bounds.at(-1)![0];
