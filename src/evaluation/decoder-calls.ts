// What a decoder is asked, as plain data both ways, so that any copy of it may answer.
import type { TokenTree } from '../core/targets/trie.ts';
import type { LoraAdapter } from '../model/adapter/lora.ts';
import type { Decoder } from '../model/decoder/decoder.ts';
import { generateGreedy, type GreedyOptions } from '../model/decoder/generate.ts';
import { sampleTokens, type SampleOptions } from '../model/decoder/sample.ts';
import { sharedTexts } from '../model/decoder/shared-texts.ts';
import type { Pooling } from '../model/pooling.ts';
import { targetLogProbabilities } from '../tensor/ops/trie-loss/trie-loss.ts';
import { edgeLogProbabilities } from './edge-log-probabilities.ts';
import { hiddenStates, textStates } from './hidden-states.ts';
import { allLogits, klOfLogits, probabilitiesOf } from './logits.ts';

/** Beside what is asked. */
export interface CallContext {
  /** Of the adapted model. */
  readonly adapter?: LoraAdapter | undefined;
  /** The promise then rejects with the signal's reason, between passes at the latest. */
  readonly signal?: AbortSignal | undefined;
}

export type Call<Input, Output> = (
  decoder: Decoder,
  input: Input,
  context: CallContext,
) => Promise<Output>;

/** Calls by their names. */
export type Calls = Readonly<Record<string, Call<never, unknown>>>;
type Inputs<C extends Calls> = { [K in keyof C]: Parameters<C[K]>[1] };

/** Asks a decoder, wherever it is. */
export type Ask<C extends Calls> = <K extends keyof C>(
  name: K,
  input: Inputs<C>[K],
  context?: CallContext,
) => ReturnType<C[K]>;

type Plain<Options> = Omit<Options, keyof CallContext>;

export const DECODER_CALLS = {
  /** [edges] as `edgeLogProbabilities`. */
  edges: (
    decoder: Decoder,
    input: { prompt: readonly number[]; tree: TokenTree; temperature?: number | undefined },
    context: CallContext,
  ) => {
    const { temperature = 1 } = input;
    const options = { temperature, ...given(context) };
    return edgeLogProbabilities(decoder, input.prompt, input.tree, options);
  },
  /** As `sampleTokens`. */
  sample: (
    decoder: Decoder,
    { prompt, n, ...options }: { prompt: readonly number[]; n: number } & Plain<SampleOptions>,
    context: CallContext,
  ) => sampleTokens(decoder, prompt, n, { ...options, ...given(context) }),
  /** As `generateGreedy`. */
  greedy: (
    decoder: Decoder,
    { prompts, ...options }: { prompts: readonly number[][] } & Plain<GreedyOptions>,
    context: CallContext,
  ) => generateGreedy(decoder, prompts, { ...options, ...given(context) }),
  /**
   * Log-probabilities of tokens from.. of texts, each given all before it: [texts][tokens - from]. The first
   * token of all has nothing before it, and none. What texts begin with together passes the model once.
   */
  async tokenLogProbabilities(
    decoder: Decoder,
    { texts, from }: { texts: readonly (readonly number[])[]; from: number },
    { adapter, signal }: CallContext,
  ): Promise<Float64Array[]> {
    signal?.throwIfAborted();
    const first = Math.max(1, from);
    const shared = sharedTexts(texts.map((tokens) => tokens.slice(0, -1)));
    const wanted = shared.places.flatMap((places) => [...places.subarray(first - 1)]);
    if (wanted.length === 0) return texts.map(() => new Float64Array(0));
    const hidden = hiddenStates(decoder, shared, wanted, adapter);
    const softCap = decoder.spec.finalSoftCap;
    const targets = {
      start: Int32Array.from({ length: wanted.length + 1 }, (_, i) => i),
      token: Int32Array.from(texts.flatMap((tokens) => tokens.slice(first))),
    };
    try {
      const options = softCap === null ? {} : { softCap };
      const values = await targetLogProbabilities(hidden, decoder.head, targets, options);
      let at = 0;
      return texts.map(({ length }) => values.slice(at, (at += Math.max(0, length - first))));
    } finally {
      hidden.dispose();
    }
  },
  /** [vocabulary] probabilities of the token after a text. */
  async nextToken(
    decoder: Decoder,
    { tokens }: { tokens: readonly number[] },
    { adapter, signal }: CallContext,
  ): Promise<Float32Array> {
    signal?.throwIfAborted();
    const [logits] = await allLogits(decoder, tokens, tokens.length - 1, adapter);
    return probabilitiesOf(logits!);
  },
  /** KL(base || adapted) of the token after each of tokens from.. of a text, in nats. */
  async divergence(
    decoder: Decoder,
    { tokens, from }: { tokens: readonly number[]; from: number },
    { adapter, signal }: CallContext,
  ): Promise<number[]> {
    signal?.throwIfAborted();
    const base = await allLogits(decoder, tokens, from);
    const adapted = await allLogits(decoder, tokens, from, adapter);
    return base.map((logits, i) => klOfLogits(logits, adapted[i]!));
  },
  /** A text as a vector: its hidden states after the final norm, pooled: [width] */
  async pooled(
    decoder: Decoder,
    { tokens, pooling }: { tokens: readonly number[]; pooling: Pooling },
    { signal }: CallContext,
  ): Promise<Float64Array> {
    signal?.throwIfAborted();
    const { width } = decoder.spec;
    const vector = new Float64Array(width);
    const hidden = textStates(decoder, tokens, pooling === 'last' ? tokens.length - 1 : 0);
    try {
      const values = await hidden.data();
      const rows = hidden.shape[0];
      values.forEach((value, i) => (vector[i % width]! += value / rows));
    } finally {
      hidden.dispose();
    }
    return vector;
  },
};

export type AskDecoder = Ask<typeof DECODER_CALLS>;

/** Asks a decoder that is here. */
export const askHere =
  (decoder: Decoder): AskDecoder =>
  (name, input, context = {}) =>
    DECODER_CALLS[name](decoder, input as never, context) as never;

/** Only what is there. */
const given = ({ adapter, signal }: CallContext) => ({
  ...(adapter && { adapter }),
  ...(signal && { signal }),
});
