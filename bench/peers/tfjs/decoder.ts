// The decoder in plain tfjs operations, differentiated by the tfjs tape.
import * as tf from '@tensorflow/tfjs';
import type { DecoderSpec, ModulePart } from '../../../src/model/spec/decoder-spec.ts';
import { modulePath, weightShapes } from '../../../src/model/spec/decoder-spec.ts';
import { LORA } from '../../model/random-weights.ts';
import { transposedMatrix } from '../transposed-matrix.ts';
import type { LoraValues, WeightSource } from '../../model/random-weights.ts';
import type { TfjsBatch } from './batch.ts';

/** A trained pair: A as [inputs, rank], B as [rank, outputs]. */
interface LoraVariables {
  readonly a: tf.Variable<tf.Rank.R2>;
  readonly b: tf.Variable<tf.Rank.R2>;
}

/** A llama or qwen3 model: RMSNorm, rotary positions, grouped queries, SwiGLU, tied embeddings. */
export class TfjsDecoder {
  readonly #spec: DecoderSpec;
  /** By checkpoint name; matrices of layers as [inputs, outputs], which products read fastest. */
  readonly #weights = new Map<string, tf.Tensor>();
  /** [width, vocab] */
  #head!: tf.Tensor2D;
  readonly #lora = new Map<string, LoraVariables>();

  constructor(spec: DecoderSpec, weights: WeightSource, adapter: ReadonlyMap<string, LoraValues>) {
    this.#spec = spec;
    const embedding = `${modulePath(spec, 'embedding')}.weight`;
    for (const [name, shape] of weightShapes(spec)) {
      const values = weights(name, shape);
      if (name === embedding) this.#head = transposed(values, shape[0]!);
      const stays = shape.length === 1 || name === embedding;
      const tensor = stays ? tf.tensor(values, [...shape]) : transposed(values, shape[0]!);
      this.#weights.set(name, tensor);
    }
    for (const [module, { a, b }] of adapter) {
      const variable = (values: Float32Array, rows: number) =>
        tf.tidy(() => tf.variable(transposed(values, rows)));
      this.#lora.set(module, {
        a: variable(a, LORA.rank),
        b: variable(b, b.length / LORA.rank),
      });
    }
  }

  get variables(): tf.Variable[] {
    return [...this.#lora.values()].flatMap(({ a, b }) => [a, b]);
  }

  /** The weighted cross-entropy of the batch's soft labels. */
  loss(batch: TfjsBatch): tf.Scalar {
    const embedding = this.#weight('embedding');
    let x: tf.Tensor2D = tf.gather(embedding as tf.Tensor2D, batch.tokens); // [n, width]
    for (let layer = 0; layer < this.#spec.layers; layer++) {
      x = tf.add(x, this.#attention(this.#norm('attentionNorm', x, layer), layer, batch));
      x = tf.add(x, this.#mlp(this.#norm('mlpNorm', x, layer), layer));
    }
    const hidden = this.#norm('finalNorm', tf.matMul(batch.selection, x)); // [outputs, width]
    const logits = tf.matMul(hidden, this.#head); // [outputs, vocab]
    const { labels, weights } = batch;
    const sum = tf.Reduction.SUM;
    return tf.losses.softmaxCrossEntropy(labels, logits, weights, 0, sum) as tf.Scalar;
  }

  #attention(x: tf.Tensor2D, layer: number, batch: TfjsBatch): tf.Tensor2D {
    const { heads, kvHeads, headDim, attentionScale, qkNorm } = this.#spec;
    const { rows, slots, mask } = batch;
    const group = heads / kvHeads;
    const project = (part: 'q' | 'k' | 'v', count: number) =>
      tf.reshape(this.#linear(part, x, layer), [rows, slots, count, headDim]) as tf.Tensor4D;
    let q = project('q', heads);
    let k = project('k', kvHeads);
    if (qkNorm === 'heads') {
      q = this.#norm('qNorm', q, layer);
      k = this.#norm('kNorm', k, layer);
    }
    const queries = tf.reshape(
      tf.transpose(
        tf.reshape(rotated(q, batch), [rows, slots, kvHeads, group, headDim]),
        [0, 2, 3, 1, 4],
      ),
      [rows, kvHeads, group * slots, headDim],
    );
    const keys = tf.transpose(rotated(k, batch), [0, 2, 1, 3]); // [rows, kvHeads, slots, headDim]
    const values = tf.transpose(project('v', kvHeads), [0, 2, 1, 3]);
    const scores = tf.mul(tf.matMul(queries, keys, false, true), attentionScale);
    const mixed = tf.matMul(tf.softmax(tf.add(scores, mask)), values);
    const joined = tf.transpose(
      tf.reshape(mixed, [rows, kvHeads, group, slots, headDim]),
      [0, 3, 1, 2, 4],
    );
    const flat = tf.reshape<tf.Rank.R2>(joined, [rows * slots, heads * headDim]);
    return this.#linear('o', flat, layer);
  }

  #mlp(x: tf.Tensor2D, layer: number): tf.Tensor2D {
    const gate = this.#linear('gate', x, layer);
    const silu = tf.mul(gate, tf.sigmoid(gate));
    const gated: tf.Tensor2D = tf.mul(silu, this.#linear('up', x, layer));
    return this.#linear('down', gated, layer);
  }

  /** x W + scaling * (x A) B */
  #linear(part: ModulePart, x: tf.Tensor2D, layer: number): tf.Tensor2D {
    const y: tf.Tensor2D = tf.matMul(x, this.#weight(part, layer) as tf.Tensor2D);
    const lora = this.#lora.get(modulePath(this.#spec, part, layer));
    if (lora === undefined) return y;
    const low: tf.Tensor2D = tf.matMul(x, lora.a);
    const update: tf.Tensor2D = tf.matMul(low, lora.b);
    return tf.add(y, tf.mul(update, LORA.alpha / LORA.rank));
  }

  /** RMSNorm over the last axis. */
  #norm<T extends tf.Tensor>(part: ModulePart, x: T, layer?: number): T {
    const meanSquare = tf.mean(tf.square(x), -1, true);
    const scale = tf.rsqrt(tf.add(meanSquare, this.#spec.norm.eps));
    return tf.mul(tf.mul(x, scale), this.#weight(part, layer));
  }

  #weight(part: ModulePart, layer?: number): tf.Tensor {
    return this.#weights.get(`${modulePath(this.#spec, part, layer)}.weight`)!;
  }
}

/** Turns the pairs (i, i + headDim / 2). @param x [rows, slots, heads, headDim] */
function rotated(x: tf.Tensor4D, { cos, sin }: TfjsBatch): tf.Tensor4D {
  const [first, second] = tf.split(x, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  return tf.concat4d(
    [
      tf.sub(tf.mul(first, cos), tf.mul(second, sin)),
      tf.add(tf.mul(second, cos), tf.mul(first, sin)),
    ],
    3,
  );
}

/** @param values [rows, columns] @returns [columns, rows] */
function transposed(values: Float32Array, rows: number): tf.Tensor2D {
  return tf.tensor2d(transposedMatrix(values, rows), [values.length / rows, rows]);
}
