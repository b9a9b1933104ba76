// Finding out whether a backend computes rightly: a small training run with a known result, and every
// program of a run against the processor.
import { randomStream } from '../core/random.ts';
import { mergePaths } from '../core/targets/merge-paths.ts';
import { Decoder } from '../model/decoder/decoder.ts';
import { weightShapes } from '../model/spec/decoder-spec.ts';
import { loadWeights } from '../model/decoder/decoder-weights.ts';
import { decoderSpecFrom } from '../model/families/index.ts';
import { createLora } from '../model/adapter/lora.ts';
import type { LoraConfig } from '../model/adapter/lora.ts';
import { auditKernels } from '../tensor/audit/audit.ts';
import { WrongResultError } from '../tensor/device-errors.ts';
import * as tf from '../tensor/tf.ts';
import { withEveryChoice } from '../tensor/webgpu/choice.ts';
import { formsOf, miniature, rehearse } from './rehearsal.ts';
import type { RehearsalSubject } from './rehearsal.ts';
import { train } from './trainer.ts';

/** Losses of the run's three steps in float32 on the processor; every backend must come this close. */
const EXPECTED = [4.0921354, 3.9043554, 3.4542602];
const TOLERANCE = 1e-4;

/** A two-layer model with grouped queries, no multiple of 4 in its sizes where they may be odd. */
const CONFIG = {
  model_type: 'qwen3',
  vocab_size: 37,
  hidden_size: 22,
  intermediate_size: 30,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 6,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  max_position_embeddings: 64,
  hidden_act: 'silu',
  tie_word_embeddings: true,
  eos_token_id: 0,
};

/**
 * Trains an adapter for three steps on the present backend: forward, backward and optimizer.
 * @throws Error where the losses are not those of a backend that computes rightly
 */
export async function selfTest(): Promise<void> {
  const losses = await selfTestLosses();
  const wrong = losses.findIndex((loss, i) => !(Math.abs(loss - EXPECTED[i]!) < TOLERANCE));
  if (wrong >= 0) {
    throw new WrongResultError(
      `it computes wrongly (self-test step ${wrong + 1}: loss ${losses[wrong]}, not ${EXPECTED[wrong]})`,
      [],
    );
  }
}

/**
 * Puts a model of the subject's kind through all that a run does, small, and compares every program that
 * the present backend runs for it with the processor, in every variant that other sizes would prefer.
 * @returns the programs that were compared: a run of the subject uses no others
 * @throws WrongResultError naming those that are wrong
 */
export function testPrograms(subject: RehearsalSubject): Promise<ReadonlySet<string>> {
  const onGpu = tf.getBackend() === 'webgpu';
  return auditKernels(() => (onGpu ? withEveryChoice(() => rehearse(subject)) : rehearse(subject)));
}

/** What has been tested of each backend. */
const trusted = new WeakMap<object, Set<string>>();

/**
 * Tests the programs of a model and its adapter once on the present backend.
 * @throws WrongResultError naming those that are wrong
 */
export async function trustPrograms(decoder: Decoder, adapter: LoraConfig): Promise<void> {
  const { spec, weights } = decoder;
  const forms = formsOf(weights);
  const known = trusted.get(tf.backend()) ?? new Set();
  trusted.set(tf.backend(), known);
  const kind = JSON.stringify([miniature(spec, forms), [...forms], adapter]);
  if (known.has(kind)) return;
  await testPrograms({ spec, forms, adapter });
  known.add(kind);
}

/** The losses of the run on the present backend. */
export async function selfTestLosses(): Promise<number[]> {
  const spec = decoderSpecFrom(CONFIG);
  const shapes = weightShapes(spec);
  const weights = await loadWeights(spec, (name) => {
    const random = randomStream(1, 'self-test', name);
    const size = shapes.get(name)!.reduce((a, b) => a * b, 1);
    return Float32Array.from({ length: size }, () => 0.4 * random.normal());
  });
  const adapter = createLora(
    spec,
    { rank: 3, alpha: 6, dropout: 0, targets: ['q', 'v', 'down'] },
    1,
  );
  const paths = [
    [5, 6, 7, 0],
    [5, 8, 0],
    [9, 6, 7, 0],
  ].map((tokens) => ({ tokens }));
  const examples = [
    { prompt: [1, 2, 3], supervision: mergePaths(paths) },
    { prompt: [4, 3, 2, 1, 11], supervision: mergePaths(paths.slice(1)) },
  ];
  const losses: number[] = [];
  try {
    for await (const { loss } of train({
      decoder: new Decoder(spec, weights),
      adapter,
      steps: EXPECTED.length,
      batch: () => ({ groups: [examples], normalizer: 18, promptTokens: 8, answerTokens: 11 }),
      learningRate: () => 0.05,
      loss: 'cross-entropy',
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      seed: 1,
      reportEvery: 1,
    })) {
      losses.push(loss);
    }
  } finally {
    adapter.dispose();
    weights.dispose();
  }
  return losses;
}
