// What a method of arms is: one description, from which schema, form, plan, words, study and reports follow.
import type * as v from 'valibot';
import type { RandomStream } from '../core/random.ts';
import type { OutputSpace } from '../core/targets/space.ts';
import type { Supervision } from '../core/targets/supervision.ts';
import type { TokenTree, Trie } from '../core/targets/trie.ts';
import type { EvaluatedModel } from '../evaluation/evaluated-model.ts';
import type { NumberFormField, SelectFormField } from '../evaluation/form-field.ts';
import type { LossKind } from '../tensor/ops/trie-loss/trie-loss.ts';

/** A prompt and its possible answers, made ready for the model. */
export interface MethodPrompt {
  readonly tokens: readonly number[];
  readonly space: OutputSpace;
  /** Built when it is first asked for: sampled answers alone can do without. */
  readonly trie: Trie;
  /** The tokens of an answer, the one that ends it included. */
  path(answer: number): readonly number[];
}

/** The model as it stands before the step, and what a method may ask of it. */
export interface MethodModel {
  /** [edges] log-probability of each edge's token after the prompt and the edge's prefix. */
  edgeLogProbabilities(prompt: readonly number[], tree: TokenTree): Promise<Float64Array>;
}

/** A field of an arm's form: a number may give way to a word. */
export type MethodField =
  | SelectFormField
  | (NumberFormField & {
      readonly or?: { readonly value: string; readonly label: string; readonly otherwise: number };
    });

/** How many answers stand for a prompt in a step; `trie` takes them all. */
export type Answers = number | 'trie';

/** What a step is to learn. */
export interface Teaching {
  /** [prompts] */
  readonly supervision: readonly Supervision[];
  /** The loss of the batch, where it is none that follows from the supervision. */
  readonly loss?: number;
  /** What stands in for the method's own targets in this step, e.g. `kl`. */
  readonly warmUp?: string;
}

/** @param Settings what a configuration says of an arm, defaults filled in */
export interface Training<Settings> {
  /** What the loss is reported as, where a lesson does not say it. */
  readonly loss: LossKind;
  /** Of a prompt in a step. @param preset what the experiment's preset would have, if it has one */
  answers(settings: Settings, preset?: number): Answers;
  /** What the paper trained with: its digits, bins, and how often a prompt is met with one answer. */
  readonly paper: { readonly decimals: number; readonly bins: number; readonly visits: number };
  /** Whether LoRA's dropout is off: a method that asks the model before its step must meet the same one. */
  readonly withoutDropout?: true;
  /** What its plan has to say besides answers and prompts. */
  words?(settings: Settings): readonly string[];
  /**
   * The lesson of a batch.
   * @param random of each place in the batch: arms with as many answers draw the same ones
   */
  batch(
    prompts: readonly MethodPrompt[],
    model: MethodModel,
    random: (place: number) => RandomStream,
    settings: Settings & { readonly answers: Answers },
  ): Promise<Teaching>;
}

/** Of an arm that is not trained: how it answers. */
export interface Answering<Settings> {
  /** Whether its answers' probabilities are out of reach, so that it is sampled only. */
  readonly sampledOnly?: true;
  /** At which it is sampled and scored; `search` finds the best on trained prompts. */
  temperature?(settings: Settings): number | 'search';
  /** What an arm's report of how it answers says, after its name; the report goes by the method's key. */
  found?(report: Readonly<Record<string, unknown>>): string | null;
  /**
   * The model as it answers.
   * @param answersTo the possible answers to a measured prompt; undefined where any text is one
   */
  asks?(
    model: EvaluatedModel,
    settings: Settings,
    answersTo: (prompt: string) => readonly string[] | undefined,
  ): EvaluatedModel;
}

export interface Description<Key extends string, Entries extends v.ObjectEntries> {
  /** In configurations and reports. */
  readonly key: Key;
  readonly title: string;
  /** What it does, in one sentence. */
  readonly note: string;
  /** What an arm is called that is not given a name. */
  readonly name: string;
  /** Whether the default experiment has an arm of it. */
  readonly isDefault?: true;
  /** Whether it is the untouched model, which all others are compared with. */
  readonly isBase?: true;
  /** Of its first arm in charts; others share out what is left. */
  readonly look?: { readonly color: string; readonly dash: string };
  /** Its settings with their defaults. */
  readonly settings: Entries;
  /** What is wrong between its settings, or with the answers that it is to learn. */
  refusal?(
    settings: SettingsOf<Entries>,
    answers: { readonly areNumbers: boolean },
  ): { readonly key: keyof Entries; readonly message: string; readonly advice: string } | undefined;
  /** How a form asks for them. */
  readonly fields?: readonly MethodField[];
}

type SettingsOf<Entries extends v.ObjectEntries> = {
  readonly [K in keyof Entries]: v.InferOutput<Entries[K]>;
};

export interface TrainedMethod<
  Key extends string,
  Entries extends v.ObjectEntries,
> extends Description<Key, Entries> {
  readonly training: Training<SettingsOf<Entries>>;
  readonly answering?: undefined;
}

export interface UntrainedMethod<
  Key extends string,
  Entries extends v.ObjectEntries,
> extends Description<Key, Entries> {
  readonly training?: undefined;
  readonly answering: Answering<SettingsOf<Entries>>;
}

export type Method<Key extends string = string, Entries extends v.ObjectEntries = v.ObjectEntries> =
  TrainedMethod<Key, Entries> | UntrainedMethod<Key, Entries>;

/** Describes a method whose arms are trained. */
export const defineMethod = <const Key extends string, const Entries extends v.ObjectEntries>(
  method: TrainedMethod<Key, Entries>,
): TrainedMethod<Key, Entries> => method;

/** Describes a method that only asks the untouched model. */
export const defineAsking = <const Key extends string, const Entries extends v.ObjectEntries>(
  method: UntrainedMethod<Key, Entries>,
): UntrainedMethod<Key, Entries> => method;
