// What evaluations ask of a model.

/** Of a decoder and its tokenizer in practice; of a script whose answers are known in tests. */
export interface EvaluatedModel {
  /**
   * Whether prompts pass through a chat template. A model that says `false` continues texts: its
   * questions end in "Answer:", and continuations begin with a space.
   */
  readonly hasChatTemplate?: boolean;

  /** Tokens of the longest text that it reads at once; any number unless given. */
  readonly longestText?: number;

  /**
   * `n` independent answers to one user prompt, cut at the token that ends an answer, counted by
   * their text. `temperature` is 1 unless given.
   */
  sample(
    prompt: string,
    n: number,
    options: {
      readonly seed: number;
      readonly temperature?: number;
      readonly maxTokens: number;
      readonly signal?: AbortSignal;
    },
  ): Promise<ReadonlyMap<string, number>>;

  /** [prompts] the answers of likeliest tokens. */
  greedy(prompts: readonly string[], maxTokens: number, signal?: AbortSignal): Promise<string[]>;

  /**
   * [continuations] natural log-probability of each continuation given the prompt (the sum over its
   * tokens, at most 0), and how many tokens it has.
   */
  logProbability(
    prompt: string,
    continuations: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ logProbability: number; tokens: number }[]>;

  /**
   * Natural log-probability of a bare text (the sum over its tokens, at most 0), read through a
   * window of `window` tokens that moves on by `stride`; `tokens` counts those that were scored.
   */
  textLogProbability(
    text: string,
    options: { readonly window: number; readonly stride: number; readonly signal?: AbortSignal },
  ): Promise<{ logProbability: number; tokens: number }>;

  /** [vocabulary] probabilities of an answer's first token at temperature 1. */
  firstTokenProbabilities?(prompt: string, signal?: AbortSignal): Promise<Float32Array>;

  /** Mean per token of KL(base || this) in nats over the base's answer, if a base is at hand. */
  klToBase?(prompt: string, signal?: AbortSignal): Promise<number>;
}

/** All that many evaluations need, so that prompting strategies can be evaluated, too. */
export type SamplingModel = Pick<EvaluatedModel, 'sample'>;
