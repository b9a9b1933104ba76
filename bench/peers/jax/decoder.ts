// The decoder as a pure function of jax-js arrays, for `jit` and `grad`.
//
// jax-js counts references: a function consumes its arguments, and `.ref` keeps one for another use.
import { nn, numpy as np } from '@jax-js/jax';
import type { DecoderSpec } from '../../../src/model/spec/decoder-spec.ts';
import { LORA } from '../../model/random-weights.ts';
import type { JaxBatch, JaxLayer, JaxLora, JaxWeights } from './inputs.ts';

/**
 * The weighted cross-entropy of the batch's soft labels, of a llama or qwen3 model: RMSNorm, rotary
 * positions, grouped queries, SwiGLU, tied embeddings.
 */
export function jaxLoss(spec: DecoderSpec) {
  const { heads, kvHeads, headDim, width, attentionScale } = spec;
  const group = heads / kvHeads;

  const norm = (x: np.Array, weight: np.Array) => {
    const meanSquare = np.square(x.ref).mean(-1, { keepdims: true });
    return x.div(np.sqrt(meanSquare.add(spec.norm.eps))).mul(weight);
  };
  /** x W + scaling * (x A) B */
  const adapted = (x: np.Array, weight: np.Array, { a, b }: JaxLora[number][string]) => {
    const update = np.matmul(np.matmul(x.ref, a), b).mul(LORA.alpha / LORA.rank);
    return np.matmul(x, weight).add(update);
  };
  /** Turns the pairs (i, i + headDim / 2). */
  const rotated = (x: np.Array, cos: np.Array, sin: np.Array) => {
    const [first, second] = np.split(x, 2, -1) as [np.Array, np.Array];
    return np.concatenate(
      [first.ref.mul(cos.ref).sub(second.ref.mul(sin.ref)), second.mul(cos).add(first.mul(sin))],
      -1,
    );
  };
  const attention = (x: np.Array, w: JaxLayer, lora: JaxLora[number], batch: JaxBatch) => {
    const { cos, sin, mask } = batch;
    const [rows, slots] = x.shape as [number, number];
    let q = adapted(x.ref, w.q!, lora.q!).reshape([rows, slots, heads, headDim]);
    let k = adapted(x.ref, w.k!, lora.k!).reshape([rows, slots, kvHeads, headDim]);
    const v = adapted(x, w.v!, lora.v!).reshape([rows, slots, kvHeads, headDim]);
    if (w.qNorm && w.kNorm) {
      q = norm(q, w.qNorm);
      k = norm(k, w.kNorm);
    }
    // The queries of a key/value head's group one after the other: [rows, kvHeads, group * slots, headDim]
    const queries = rotated(q, cos.ref, sin.ref)
      .reshape([rows, slots, kvHeads, group, headDim])
      .transpose([0, 2, 3, 1, 4])
      .reshape([rows, kvHeads, group * slots, headDim]);
    const keys = rotated(k, cos.ref, sin.ref).transpose([0, 2, 3, 1]); // [rows, kvHeads, headDim, slots]
    const scores = np.matmul(queries, keys).mul(attentionScale).add(mask.ref);
    const mixed = np.matmul(nn.softmax(scores, -1), v.transpose([0, 2, 1, 3]));
    const joined = mixed
      .reshape([rows, kvHeads, group, slots, headDim])
      .transpose([0, 3, 1, 2, 4])
      .reshape([rows, slots, heads * headDim]);
    return adapted(joined, w.o!, lora.o!);
  };
  const mlp = (x: np.Array, w: JaxLayer) => {
    const gate = nn.silu(np.matmul(x.ref, w.gate!));
    return np.matmul(gate.mul(np.matmul(x, w.up!)), w.down!);
  };

  return (adapter: JaxLora, weights: JaxWeights, batch: JaxBatch): np.Array => {
    let x = np.take(weights.embedding, batch.tokens, 0); // [rows, slots, width]
    weights.layers.forEach((w, layer) => {
      x = x.ref.add(attention(norm(x, w.attentionNorm!), w, adapter[layer]!, batch));
      x = x.ref.add(mlp(norm(x, w.mlpNorm!), w));
    });
    for (const shared of [batch.cos, batch.sin, batch.mask]) shared.dispose();
    const last = np.take(x.reshape([-1, width]), batch.outputSlots, 0); // [outputs, width]
    const logits = np.matmul(norm(last, weights.finalNorm), weights.head); // [outputs, vocab]
    const losses = nn.logSoftmax(logits).mul(batch.labels).sum(-1);
    return losses.mul(batch.weights).sum().neg();
  };
}
