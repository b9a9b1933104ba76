// A step's passes over the model: each by itself, so that any copy of the model can do it.
import { randomStream } from '../core/random.ts';
import type { LoraAdapter, PassDropout } from '../model/adapter/lora.ts';
import type { Decoder } from '../model/decoder/decoder.ts';
import { pack, slotsOf } from '../model/decoder/pack.ts';
import type { Example } from '../model/decoder/pack.ts';
import type { Gradients } from '../model/decoder/parameters.ts';
import { keepsActivations } from '../model/memory-estimate.ts';
import { tensorsAreInHostMemory } from '../tensor/host-kernel.ts';
import { trieLoss } from '../tensor/ops/trie-loss/trie-loss.ts';
import type { LossKind } from '../tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../tensor/tf.ts';
import { AdapterValues } from './trained-values.ts';

/** A forward and a backward pass of some examples; plain data. */
export interface Pass {
  readonly examples: readonly Example[];
  /** The loss is divided by it. */
  readonly normalizer: number;
  readonly kind: LossKind;
  /** Of the softmax; 1 unless given. */
  readonly temperature?: number;
  readonly dropout?: PassDropout;
}

/** What a pass adds to its step; plain data. */
export interface PassGradient {
  readonly loss: number;
  /** [total] of the adapter's values, one after the other. */
  readonly gradient: Float32Array<ArrayBuffer>;
}

/** Dropout in a step's pass: a pure function of where the run stands, so that a continued run drops the same. */
export const passDropout = (
  rate: number,
  seed: number,
  step: number,
  pass: number,
): PassDropout => ({ rate, seed: randomStream(seed, 'dropout', step, pass).bits() });

/** A pass of each example alone, which drops what it would have dropped with the others. */
export function onePasses({ examples, dropout, ...pass }: Pass): Pass[] {
  const slots = slotsOf(examples);
  const rows = slots * examples.length;
  return examples.map((example, i) => ({
    ...pass,
    examples: [example],
    ...(dropout && { dropout: { ...dropout, within: { first: slots * i, rows } } }),
  }));
}

/** A loss or gradient that is no number comes back as it is. */
export async function passGradient(
  decoder: Decoder,
  adapter: LoraAdapter,
  { examples, normalizer, ...options }: Pass,
): Promise<PassGradient> {
  const values = new AdapterValues(adapter);
  const [loss, gradient] = tf.tidy(() => {
    const gradients = values.gradients();
    const sum = accumulate(decoder, examples, normalizer, gradients, { ...options, adapter });
    return [sum, values.collected(gradients)] as [tf.Scalar, tf.Tensor1D];
  });
  try {
    const [[value], flat] = await Promise.all([loss.data(), gradient.data()]);
    return { loss: value!, gradient: flat as Float32Array<ArrayBuffer> };
  } finally {
    tf.dispose([loss, gradient]);
  }
}

/** What passes come to, added in their order as they come; at least one. */
export async function summed(parts: AsyncIterable<PassGradient>): Promise<PassGradient> {
  let sum: { loss: number; readonly gradient: PassGradient['gradient'] } | undefined;
  for await (const { loss, gradient } of parts) {
    if (sum === undefined) {
      sum = { loss: Math.fround(loss), gradient };
      continue;
    }
    const total = sum.gradient;
    for (let i = 0; i < total.length; i++) total[i]! += gradient[i]!;
    sum.loss = Math.fround(sum.loss + loss);
  }
  return sum!;
}

/** Forward and backward over one group of rows: adds to `gradients`, returns the loss. */
export function accumulate(
  decoder: Decoder,
  examples: readonly Example[],
  normalizer: number,
  gradients: Gradients,
  options: {
    kind: LossKind;
    adapter?: LoraAdapter;
    dropout?: PassDropout;
    temperature?: number;
    recompute?: boolean;
  },
): tf.Scalar {
  const { kind, temperature = 1, ...context } = options;
  const { batch, targets } = pack(examples, normalizer, !tensorsAreInHostMemory());
  // A piece of a trie none of whose answers an objective pushes, such as total variation where all have enough.
  if (targets.weight.length === 0) return tf.scalar(0);
  const kept = () =>
    keepsActivations(decoder.spec, batch.rows * batch.slots, {
      rank: context.adapter?.rank ?? 0,
      targets: [],
    });
  const { recompute = context.adapter !== undefined && !kept() } = context;
  const pass = decoder.forward(batch, { ...context, recompute, training: true });
  const { finalSoftCap: softCap } = decoder.spec;
  // Logits are large: they end before the layers' backward pass begins.
  const { loss, dHidden, dHead } = tf.tidy(() => {
    const head = { temperature, ...(softCap !== null && { softCap }) };
    const result = trieLoss(pass.hidden, decoder.head, targets, kind, head);
    return { loss: result.loss, ...result.gradient(1, gradients.wants(decoder.headName)) };
  });
  if (dHead !== undefined) gradients.add(decoder.headName, dHead);
  pass.backward(dHidden, gradients);
  return loss;
}
