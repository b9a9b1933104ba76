// Logits in full, a few rows at a time, and what they say.
import type { LoraAdapter } from '../model/adapter/lora.ts';
import type { Decoder } from '../model/decoder/decoder.ts';
import type { Matrix } from '../tensor/matrix.ts';
import { linear } from '../tensor/ops/linear/linear.ts';
import { gatherRows } from '../tensor/ops/rows/rows.ts';
import * as tf from '../tensor/tf.ts';
import { textStates } from './hidden-states.ts';

/** Logits that exist at once: bounds the memory of both sides. */
const VALUES = 2 ** 24;

export interface LogitRows {
  /** Index of the first of these rows. */
  readonly first: number;
  /** [rows, vocab] */
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * @param hidden [rows, width] after the final norm @param head [vocab, width]
 * @param softCap logits become softCap * tanh(logit / softCap); null leaves them
 */
export async function* logitRows(
  hidden: tf.Tensor2D,
  head: Matrix,
  softCap: number | null = null,
): AsyncGenerator<LogitRows> {
  const [rows] = hidden.shape;
  const most = Math.max(1, Math.floor(VALUES / head.rows));
  for (let first = 0; first < rows; first += most) {
    const count = Math.min(most, rows - first);
    const range = Int32Array.from({ length: count }, (_, i) => first + i);
    const logits = tf.tidy(() => linear(gatherRows(hidden, range), head).y);
    const values = (await logits.data()) as Float32Array<ArrayBuffer>;
    logits.dispose();
    if (softCap !== null) values.forEach((z, i) => (values[i] = softCap * Math.tanh(z / softCap)));
    yield { first, values };
  }
}

/** Logits after tokens from.. of a text: [positions][vocab] */
export async function allLogits(
  decoder: Decoder,
  tokens: readonly number[],
  from: number,
  adapter?: LoraAdapter,
): Promise<Float32Array[]> {
  const hidden = textStates(decoder, tokens, from, adapter);
  const { vocabSize, finalSoftCap } = decoder.spec;
  const rows: Float32Array[] = [];
  try {
    for await (const { values } of logitRows(hidden, decoder.head, finalSoftCap)) {
      for (let at = 0; at < values.length; at += vocabSize) {
        rows.push(values.subarray(at, at + vocabSize));
      }
    }
  } finally {
    hidden.dispose();
  }
  return rows;
}

/** softmax(logits) */
export function probabilitiesOf(logits: Float32Array): Float32Array {
  const normalizer = logSumExp(logits);
  return logits.map((z) => Math.exp(z - normalizer));
}

/** KL(softmax(p) || softmax(q)) in nats. */
export function klOfLogits(p: Float32Array, q: Float32Array): number {
  const [logZp, logZq] = [logSumExp(p), logSumExp(q)];
  let total = 0;
  p.forEach((z, i) => {
    total += Math.exp(z - logZp) * (z - logZp - (q[i]! - logZq));
  });
  return total;
}

function logSumExp(logits: Float32Array): number {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(logits.reduce((total, z) => total + Math.exp(z - top), 0));
}
