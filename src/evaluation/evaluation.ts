// What an evaluation is: one description, from which its part of the configuration, the form, the
// command line, the plan, results, reports and comparisons are derived.
import type * as v from 'valibot';
import type { ShareChart } from './chart.ts';
import type { Pooling } from '../model/pooling.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import type { FigureDescription } from './figure-description.ts';
import type { FormField } from './form-field.ts';
import type { OwnData, OwnEntries } from './own-data.ts';
import type { Tools } from './tools.ts';

/**
 * `quick` asks enough to see a difference, `full` as much as the published protocols; `small` is for models that
 * take seconds for what the built-in one does in a moment.
 */
export const SIZES = ['small', 'quick', 'full'] as const;
export type Size = (typeof SIZES)[number];

type OwnKinds = Readonly<Record<string, OwnData>>;

/** What a configuration says of an evaluation, defaults filled in. */
export type SettingsOf<Entries extends v.ObjectEntries, Data extends OwnKinds> = {
  readonly [K in keyof Entries]: v.InferOutput<Entries[K]>;
} & {
  readonly size: Size;
  readonly data: { readonly [K in keyof Data]?: OwnEntries<Data[K]> };
};

/** What else decides how much is asked, and in which words. */
export interface Asked {
  /** Whether the model is the built-in one, which was taught its questions in few words. */
  readonly isBuiltin: boolean;
}

/** What an evaluation asks of each arm. */
export interface Cost {
  /** A few words, such as `32 prompts, 50 short answers each`. */
  readonly words: string;
  /** Calls of the model, which are the parts of its progress; null where the measured prompts decide. */
  readonly calls: number | null;
}

/** A model whose hidden states stand for texts. */
export interface EmbedderWish {
  /** By its name; the untouched model itself unless given. */
  readonly model?: string | undefined;
  /** As the model's folder says unless given, else the mean. */
  readonly pooling?: Pooling | undefined;
}

interface Description<
  Key extends string,
  Entries extends v.ObjectEntries,
  Data extends OwnKinds,
  Report extends object,
> {
  /** In configurations, events and results.json. */
  readonly key: Key;
  readonly title: string;
  /** What it tells, in one sentence. */
  readonly note: string;
  /**
   * What it is about: the answers that a model samples, what else it can do, or what training has
   * changed in it.
   */
  readonly measures: 'answers' | 'abilities' | 'change';
  /** Its settings with their defaults; the first, named as the evaluation, asks for it. */
  readonly settings: Entries;
  /** How a form asks for it: a switch unless its setting is a number. */
  readonly asks?: FormField;
  /** What a form asks beside it once it is asked for. */
  readonly fields?: readonly FormField[];
  /** What users may bring in place of the lab's own, by its name in `evaluation.data`. */
  readonly data: Data;
  /** Its figures by their names, in the order of tables; others are shown as they come. */
  readonly figures: Readonly<Record<string, FigureDescription>>;
  /** The model that it needs to compare texts; none unless given. */
  embedder?(settings: SettingsOf<Entries, Data>): EmbedderWish | null;
  /** Where results.json keeps a report, and where it is found again; under `key` unless given. */
  readonly kept?: {
    write(report: Report): Readonly<Record<string, unknown>>;
    read(arm: Readonly<Record<string, unknown>>): unknown;
  };
  /** What is drawn of the reports of several columns, under the evaluation's title. */
  readonly chart?: ShareChart;
}

/** An evaluation as everyone else sees it. */
export interface Evaluation<
  Key extends string = string,
  Entries extends v.ObjectEntries = v.ObjectEntries,
  Data extends OwnKinds = OwnKinds,
> extends Description<Key, Entries, Data, object> {
  isAsked(settings: SettingsOf<Entries, Data>): boolean;
  cost(settings: SettingsOf<Entries, Data>, asked: Asked): Cost;
  run(
    model: EvaluatedModel,
    settings: SettingsOf<Entries, Data>,
    options: Asked & Tools,
  ): Promise<object>;
}

/**
 * Describes an evaluation. `plan` is what it asks with some settings: whose prompts, how many, in
 * which words; `cost` says how much that is, and `run` asks it.
 */
export function defineEvaluation<
  const Key extends string,
  const Entries extends v.ObjectEntries & Record<Key, unknown>,
  const Data extends OwnKinds,
  Plan,
  Report extends object,
>(
  definition: Description<Key, Entries, Data, Report> & {
    plan(settings: SettingsOf<Entries, Data>, asked: Asked): Plan;
    cost(plan: Plan): Cost;
    run(model: EvaluatedModel, plan: Plan, tools: Tools): Promise<Report>;
  },
): Evaluation<Key, Entries, Data> {
  const { plan, cost, run, ...description } = definition;
  return {
    ...(description as Description<Key, Entries, Data, object>),
    isAsked: (settings) => Boolean(settings[definition.key]),
    cost: (settings, asked) => cost(plan(settings, asked)),
    run: (model, settings, options) => run(model, plan(settings, options), options),
  };
}
