// Comparisons of our decoder with the golden numbers of one model, on whatever backend is set.
import { expect } from 'vitest';
import type { Supervision } from '../../src/core/targets/supervision.ts';
import type { LoraAdapter } from '../../src/model/adapter/lora.ts';
import { memoryFolder } from '../../src/model/files/model-files.ts';
import { readSafetensors } from '../../src/model/files/safetensors.ts';
import { loadDecoder } from '../../src/model/language-model.ts';
import { linear } from '../../src/tensor/ops/linear/linear.ts';
import * as tf from '../../src/tensor/tf.ts';
import { AdamW } from '../../src/training/adamw.ts';
import type { Decoder } from '../../src/model/decoder/decoder.ts';
import { pack } from '../../src/model/decoder/pack.ts';
import type { Example } from '../../src/model/decoder/pack.ts';
import { AdapterValues } from '../../src/training/trained-values.ts';
import { accumulate } from '../../src/training/passes.ts';
import { moduleName } from './golden-model.ts';
import type { Golden, GoldenModel, ReadGolden } from './golden-model.ts';

/** Counts what was compared, so that a test can state it. */
export class Tally {
  numbers = 0;
  worst = 0;

  /** Largest absolute difference must not exceed `tolerance`. */
  absolute(
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    tolerance: number,
    what: string,
  ) {
    expect(actual.length, what).toBe(expected.length);
    let worst = 0;
    for (let i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
    }
    this.numbers += expected.length;
    this.worst = Math.max(this.worst, worst);
    expect(worst, what).toBeLessThanOrEqual(tolerance);
  }
}

type Row = Golden['training']['examples'][number];

/** One path after a prompt; every node asks for logits. */
function path(
  prompt: readonly number[],
  fed: readonly number[],
  targets?: Row['targets'],
): Example {
  const n = fed.length + 1;
  const index = Int32Array.from({ length: n }, (_, i) => i);
  return {
    prompt,
    supervision: withTargets(
      {
        nodeCount: n,
        parent: index.map((i) => i - 1),
        token: Int32Array.from([-1, ...fed]),
        depth: index,
        weight: new Float64Array(n).fill(1),
      },
      targets ?? Array.from({ length: n }, () => ({ next_token_ids: [], probs: [] })),
    ),
  };
}

function withTargets(
  nodes: Pick<Supervision, 'nodeCount' | 'parent' | 'token' | 'depth' | 'weight'>,
  rows: Row['targets'],
): Supervision {
  const start = [0];
  for (const { next_token_ids } of rows) start.push(start.at(-1)! + next_token_ids.length);
  return {
    ...nodes,
    targetStart: Int32Array.from(start),
    targetToken: Int32Array.from(rows.flatMap((row) => row.next_token_ids)),
    targetProbability: Float64Array.from(rows.flatMap((row) => clamped(row.probs))),
    normalizer: 1,
  };
}

/** The reference's clamp: below at 1e-8, then renormalised. */
function clamped(probabilities: number[]): number[] {
  const raised = probabilities.map((p) => Math.max(p, 1e-8));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((p) => p / total);
}

function logitsOf(
  { decoder, adapter }: Pick<GoldenModel, 'decoder'> & { readonly adapter?: LoraAdapter },
  example: Example,
  adapted: boolean,
) {
  return tf.tidy(() => {
    const { batch } = pack([example]);
    const { hidden } = decoder.forward(batch, adapted && adapter ? { adapter } : {});
    const logits = linear(hidden, decoder.head).y;
    const cap = decoder.spec.finalSoftCap;
    return cap === null ? logits : (tf.mul(tf.tanh(tf.div(logits, cap)), cap) as tf.Tensor2D);
  });
}

/** Of every position of a sequence, row by row. */
export async function pathLogits(decoder: Decoder, sequence: readonly number[]) {
  // The first token is the prompt, the rest a path: every position becomes a node.
  const logits = logitsOf({ decoder }, path(sequence.slice(0, 1), sequence.slice(1)), false);
  const values = await logits.data();
  logits.dispose();
  return values;
}

/** Logits of every position of every sequence, with and without the adapter. */
export async function checkLogits(model: GoldenModel, tolerance: number, tally: Tally) {
  const expected = await model.tensors('logits.safetensors');
  for (const [i, sequence] of model.golden.sequences.entries()) {
    // The first token is the prompt, the rest a path: every position becomes a node.
    const example = path(sequence.slice(0, 1), sequence.slice(1));
    for (const variant of ['base', 'adapter']) {
      const logits = logitsOf(model, example, variant === 'adapter');
      const what = `${variant}.${i}`;
      tally.absolute(await logits.data(), expected.get(what)!.values, tolerance, what);
      logits.dispose();
    }
  }
}

/** Logits of a decoder with the adapter in its weights. */
export async function checkMerged(
  model: GoldenModel,
  merged: Decoder,
  tolerance: number,
  tally: Tally,
  adapter = 'adapter',
) {
  const expected = await model.tensors('logits.safetensors');
  for (const [i, sequence] of model.golden.sequences.entries()) {
    const what = `${adapter}.${i}`;
    const logits = await pathLogits(merged, sequence);
    tally.absolute(logits, expected.get(what)!.values, tolerance, `${what} merged`);
  }
}

/** Logits of a model that llama.cpp's own converter wrote, from test/golden/gguf/families. */
export async function checkConverted(
  name: string,
  read: ReadGolden,
  tolerance: number,
  tally: Tally,
) {
  const file = (path: string) => read(`gguf/families/${path}`);
  const sequences = JSON.parse(
    new TextDecoder().decode(await file('sequences.json')),
  ) as number[][];
  const expected = readSafetensors(await file(`${name}.safetensors`), name).tensors;
  const folder = memoryFolder(
    new Map([[`${name}.gguf`, Uint8Array.from(await file(`${name}.gguf`))]]),
  );
  const { decoder } = await loadDecoder(folder);
  for (const [i, sequence] of sequences.entries()) {
    const logits = await pathLogits(decoder, sequence);
    tally.absolute(logits, expected.get(String(i))!.read(), tolerance, `${name}, ${i}`);
  }
  decoder.dispose();
}

/** The packed trie gives at every node what its path gives alone. */
export async function checkTrie(model: GoldenModel, tolerance: number, tally: Tally) {
  const { trie } = model.golden;
  if (trie === undefined) return;
  const expected = await model.tensors('trie_logits.safetensors');
  const empty = trie.nodes.map(() => ({ next_token_ids: [], probs: [] }));
  for (const variant of ['base', 'adapter']) {
    const nodes = { ...trieNodes(trie), weight: new Float64Array(trie.nodes.length).fill(1) };
    const example = { prompt: trie.prompt_ids, supervision: withTargets(nodes, empty) };
    const logits = logitsOf(model, example, variant === 'adapter');
    tally.absolute(await logits.data(), expected.get(variant)!.values, tolerance, variant);
    logits.dispose();
  }

  const reach = Float64Array.from(trie.nodes, (node) => (node.target ? node.reach : 0));
  const targets = trie.nodes.map((node) => node.target ?? { next_token_ids: [], probs: [] });
  const example = {
    prompt: trie.prompt_ids,
    supervision: withTargets({ ...trieNodes(trie), weight: reach }, targets),
  };
  await checkLoss(model, [example], 1, trie.loss_with_adapter, 'grads_trie.safetensors', tally);
}

function trieNodes({ nodes }: NonNullable<Golden['trie']>) {
  return {
    nodeCount: nodes.length,
    parent: Int32Array.from(nodes, (node) => node.parent ?? -1),
    token: Int32Array.from(nodes, (node) => node.token ?? -1),
    depth: Int32Array.from(nodes, (node) => node.depth),
  };
}

/** The examples of the golden training batch as supervised paths, and the loss's normalizer. */
function trainingBatch({ training }: Golden, method: 'soft' | 'hard') {
  const examples = training.examples.map(({ prompt_ids, completion_ids, targets }) => {
    const fed = completion_ids.slice(0, -1);
    if (method === 'hard') {
      const next = completion_ids.map((id) => ({ next_token_ids: [id], probs: [1] }));
      return path(prompt_ids, fed, next);
    }
    const example = path(prompt_ids, fed, targets);
    example.supervision.weight.fill(1 / completion_ids.length);
    return example;
  });
  const tokens = training.examples.reduce((sum, { completion_ids: c }) => sum + c.length, 0);
  return { examples, normalizer: method === 'soft' ? examples.length : tokens };
}

/** Soft and hard loss of the training batch, and the gradient of every adapter tensor. */
export async function checkTraining(model: GoldenModel, tally: Tally) {
  for (const method of ['soft', 'hard'] as const) {
    const { examples, normalizer } = trainingBatch(model.golden, method);
    const expected = model.golden.training[`${method}_loss`];
    await checkLoss(model, examples, normalizer, expected, `grads_${method}.safetensors`, tally);
  }
}

async function checkLoss(
  { decoder, adapter, tensors }: GoldenModel,
  examples: Example[],
  normalizer: number,
  expectedLoss: number,
  gradientFile: string,
  tally: Tally,
) {
  const trained = new AdapterValues(adapter);
  const [loss, flat] = tf.tidy(() => {
    const sink = trained.gradients();
    const value = accumulate(decoder, examples, normalizer, sink, { kind: 'kl', adapter });
    return [value, trained.collected(sink)] as tf.Tensor[];
  });
  const gradients = adapter.split((await flat!.data()) as Float32Array);
  const [value] = await loss!.data();
  expect(Math.abs(value! - expectedLoss) / Math.abs(expectedLoss), gradientFile).toBeLessThan(2e-5);
  tally.numbers++;
  for (const [key, { values }] of await tensors(gradientFile)) {
    const gradient = gradients.get(moduleName(key))!.values;
    const largest = values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    tally.absolute(gradient, values, 1e-4 * largest, `${gradientFile} ${key}`);
  }
  tf.dispose([loss!, flat!]);
}

/** Three AdamW steps on the soft loss; the adapter is changed. */
export async function checkAdamW({ decoder, adapter, golden, tensors }: GoldenModel, tally: Tally) {
  const { adamw } = golden.training;
  const { examples, normalizer } = trainingBatch(golden, 'soft');
  const trained = new AdapterValues(adapter);
  const optimizer = new AdamW(trained, {
    beta1: adamw.betas[0],
    beta2: adamw.betas[1],
    epsilon: adamw.eps,
    weightDecay: adamw.weight_decay,
  });
  const gradients = await tensors('grads_soft.safetensors');
  for (let step = 1; step <= 3; step++) {
    tf.tidy(() => {
      const sink = trained.gradients();
      accumulate(decoder, examples, normalizer, sink, { kind: 'kl', adapter });
      optimizer.apply(trained.collected(sink), adamw.lr);
    });
    if (step === 2) continue;
    const expected = await tensors(`adapter_after_${step}_step${step > 1 ? 's' : ''}.safetensors`);
    await compareAdapters(adapter, expected, gradients, step, tally);
  }
  optimizer.dispose();
}

type Tensors = Awaited<ReturnType<GoldenModel['tensors']>>;

/** Entries with a clear gradient to 1e-6; of all, at most 1 % are off by more than 5e-6, none by 1.3e-3. */
async function compareAdapters(
  adapter: LoraAdapter,
  expected: Tensors,
  gradients: Tensors,
  step: number,
  tally: Tally,
) {
  let [off, total] = [0, 0];
  const now = adapter.split((await adapter.values.data()) as Float32Array);
  for (const [key, { values }] of expected) {
    const actual = now.get(moduleName(key))!.values;
    const gradient = gradients.get(key)!.values;
    const largest = gradient.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    for (let i = 0; i < values.length; i++) {
      const difference = Math.abs(actual[i]! - values[i]!);
      const clear = Math.abs(gradient[i]!) > 0.01 * largest;
      expect(difference, `${key}[${i}] after ${step}`).toBeLessThan(clear ? 1e-6 : 1.3e-3);
      if (difference > 5e-6) off++;
      total++;
    }
  }
  expect(off / total).toBeLessThanOrEqual(0.01);
  tally.numbers += total;
}
