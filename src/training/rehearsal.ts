// A run in miniature: everything that a model is put through, on a model of the same kind with small sizes.
import { randomStream } from '../core/random.ts';
import { mergePaths } from '../core/targets/merge-paths.ts';
import { createLora } from '../model/adapter/lora.ts';
import type { LoraConfig } from '../model/adapter/lora.ts';
import { Decoder } from '../model/decoder/decoder.ts';
import { loadWeights, type DecoderWeights } from '../model/decoder/decoder-weights.ts';
import { isSameForm, type MatrixForm } from '../tensor/matrix.ts';
import { generateGreedy } from '../model/decoder/generate.ts';
import { pack } from '../model/decoder/pack.ts';
import type { Example } from '../model/decoder/pack.ts';
import { sampleTokens } from '../model/decoder/sample.ts';
import { TreeCache } from '../model/decoder/tree-cache.ts';
import type { DecoderSpec, MlpSpec } from '../model/spec/decoder-spec.ts';
import { weightShapes } from '../model/spec/decoder-spec.ts';
import { drawTokens, likeliestTokens } from '../tensor/ops/draw/draw.ts';
import { targetLogProbabilities, trieLoss } from '../tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../tensor/tf.ts';
import { train } from './trainer.ts';

/** What is rehearsed: a model's kind, how its weights are kept, the adapter it is trained with. */
export interface RehearsalSubject {
  readonly spec: DecoderSpec;
  /** The forms that each kind of matrix has anywhere in the model. */
  readonly forms: MatrixForms;
  readonly adapter: LoraConfig;
}

/** By the name of a matrix without the number of its layer or expert. */
export type MatrixForms = ReadonlyMap<string, readonly MatrixForm[]>;

/** Passes in chunks of the vocabulary: two whole ones and a rest, or a rest alone. */
const CHUNK = 64;
const SEED = 5;

/**
 * The same programs as the model's own, on less: sizes that no program is written for become as small
 * as they may with the same remainder by 4, by which programs are chosen. What can be numbers of any
 * size is such that nothing could be left out unseen: epsilons count, windows end within the prompt.
 */
export function miniature(spec: DecoderSpec, forms: MatrixForms): DecoderSpec {
  const small = (size: number, least: number) => least + (size % 4);
  const kinds = spec.attention.map(({ window, rope }) => `${window === null} ${rope}`);
  const different = 1 + Math.max(...[...new Set(kinds)].map((it) => kinds.indexOf(it)));
  const layers = Math.max(2, different, ...[...forms.values()].map(({ length }) => length));
  return {
    ...spec,
    layers: Math.min(layers, spec.layers),
    width: small(spec.width, 40),
    vocabSize: small(spec.vocabSize, 2 * CHUNK + 20),
    mlp: smallMlp(spec.mlp, (width) => small(width, 48)),
    attention: spec.attention.map(({ window, rope }) => ({ rope, window: window && 7 })),
    norm: { ...spec.norm, eps: 0.05 },
    maxPositions: Math.min(spec.maxPositions, 64),
    endTokens: [0],
    // Capped logits and scores are bent, not only cut.
    attentionSoftCap: spec.attentionSoftCap && 1.5,
    finalSoftCap: spec.finalSoftCap && 1.5,
  };
}

function smallMlp(mlp: MlpSpec, small: (width: number) => number): MlpSpec {
  const width = small(mlp.width);
  if (mlp.kind !== 'experts' || !mlp.dense) return { ...mlp, width };
  return { ...mlp, width, dense: { ...mlp.dense, width: small(mlp.dense.width) } };
}

/** Runs everything once on the present backend; leaves no tensors. */
export async function rehearse({ spec: whole, forms, adapter: config }: RehearsalSubject) {
  const spec = miniature(whole, forms);
  const weights = await loadWeights(spec, valuesOf(spec), (name) => {
    const all = forms.get(unnumbered(name))!;
    return all[numberIn(name) % all.length]!;
  });
  const decoder = new Decoder(spec, weights);
  const adapter = createLora(spec, config, SEED);
  adapter.values.dispose();
  // Neither of a branch's matrices is 0, as one is at first.
  adapter.values = tf.keep(tf.tensor1d(drawn('adapter', adapter.values.size, 0.3)));
  try {
    const examples = examplesFor(spec.vocabSize);
    await trained(decoder, adapter, config.dropout, examples);
    await scored(decoder, adapter, examples);
    await sampled(decoder, adapter, Array.from(examples[0]!.prompt));
  } finally {
    adapter.dispose();
    decoder.dispose();
  }
}

/** The forms of a decoder's matrices, each once. */
export function formsOf(weights: DecoderWeights): MatrixForms {
  const forms = new Map<string, MatrixForm[]>();
  for (const [name, form] of weights.forms()) {
    const known = forms.get(unnumbered(name)) ?? [];
    if (!known.some((other) => isSameForm(other, form))) known.push(form);
    forms.set(unnumbered(name), known);
  }
  return forms;
}

const unnumbered = (name: string) => name.replace(/\.\d+/g, '');

/** Of its layer; one beyond all others has none. */
const numberIn = (name: string) => Number(/\.(\d+)/.exec(name)?.[1] ?? 0);

type Adapter = ReturnType<typeof createLora>;

async function trained(
  decoder: Decoder,
  adapter: Adapter,
  dropout: number,
  examples: readonly Example[],
): Promise<void> {
  const reports = train({
    decoder,
    adapter,
    // As good as any other rate, and half of what is dropped is seen.
    dropout: dropout > 0 ? 0.3 : 0,
    steps: 2,
    batch: (step) => ({
      // Two groups add up in the second step.
      groups: step === 0 ? [examples] : [examples.slice(0, 2), examples.slice(1)],
      normalizer: 3,
      promptTokens: 0,
      answerTokens: 0,
    }),
    learningRate: () => 0.1,
    loss: 'kl',
    optimizer: { beta1: 0.9, beta2: 0.99, epsilon: 1e-3, weightDecay: 0.5 },
    seed: SEED,
    reportEvery: 1,
  });
  for await (const { state } of reports) await state();
}

/** Exact scores with and without the adapter, and the loss in chunks. */
async function scored(decoder: Decoder, adapter: Adapter, examples: readonly Example[]) {
  const { batch, targets } = pack(examples);
  for (const options of [{}, { adapter }]) {
    const hidden = tf.tidy(() => decoder.forward(batch, options).hidden);
    for (const pass of headPasses(decoder)) {
      await targetLogProbabilities(hidden, decoder.head, targets, pass);
      tf.tidy(() => {
        trieLoss(hidden, decoder.head, targets, 'cross-entropy', pass).gradient(1, false);
      });
    }
    hidden.dispose();
  }
}

/** Answers drawn and written on, beginnings of every size among them. */
async function sampled(decoder: Decoder, adapter: Adapter, prompt: readonly number[]) {
  const options = { endTokens: [0], adapter };
  await sampleTokens(decoder, prompt, 40, { ...options, seed: SEED, maxTokens: 3 });
  await generateGreedy(decoder, [prompt, prompt.slice(2)], { ...options, maxTokens: 2 });
  // A cache that grows, and a head in chunks.
  const cache = new TreeCache(decoder, { capacity: 4 });
  const hidden = cache.append(
    Int32Array.from(prompt),
    Int32Array.from(prompt, (_, i) => i - 1),
  );
  const rows = hidden.shape[0];
  const start = Int32Array.from({ length: rows + 1 }, (_, i) => 3 * i);
  const uniforms = drawn('draws', 3 * rows, 1).map((x) => Math.abs(x) % 1);
  for (const pass of headPasses(decoder)) {
    await drawTokens(hidden, decoder.head, start, uniforms, pass);
    await likeliestTokens(hidden, decoder.head, pass);
  }
  hidden.dispose();
  cache.dispose();
}

/** The whole vocabulary at once, and chunk by chunk; a few rows at a time, too. */
function headPasses({ spec: { finalSoftCap, vocabSize } }: Decoder) {
  const head = { temperature: 1.3, ...(finalSoftCap !== null && { softCap: finalSoftCap }) };
  return [head, { ...head, chunk: CHUNK }, { ...head, maxBytes: 4 * 12 * vocabSize }];
}

/** Weights of a size that leaves activations near 1; norms and biases that cannot be left out unseen. */
function valuesOf(spec: DecoderSpec): (name: string) => Float32Array {
  const shapes = weightShapes(spec);
  return (name) => {
    const shape = shapes.get(name)!;
    const size = shape.reduce((a, b) => a * b, 1);
    const vector = shape.length === 1;
    return drawn(name, size, vector ? 0.5 : 1.2 / Math.sqrt(shape.at(-1)!));
  };
}

function drawn(name: string, size: number, deviation: number): Float32Array {
  const random = randomStream(SEED, 'rehearsal', name);
  return Float32Array.from({ length: size }, () => deviation * random.normal());
}

/** Prompts of different lengths, so that there is padding, with tries that fork early and late. */
function examplesFor(vocab: number): Example[] {
  const random = randomStream(SEED, 'rehearsal examples');
  const token = () => 1 + random.integer(vocab - 1);
  const tokens = (count: number) => Array.from({ length: count }, token);
  return [19, 6, 11].map((length) => {
    const [a, b, c] = [tokens(3), tokens(2), tokens(1)];
    const paths = [
      [...a, ...tokens(4)],
      [...a, ...b, 0],
      [...a, ...b, ...tokens(3)],
      [...c, ...tokens(5)],
      [...c, vocab - 1, 0],
      [0],
    ];
    return { prompt: tokens(length), supervision: mergePaths(paths.map((it) => ({ tokens: it }))) };
  });
}
