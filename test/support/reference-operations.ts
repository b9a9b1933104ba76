// The lab's operations once more, in float64 and plain loops: what the kernels must compute.
import type { AttentionShape } from '../../src/tensor/ops/attention.ts';
import type { LossKind, SparseTargets } from '../../src/tensor/ops/trie-loss.ts';

/** [m, k] x [k, n]; `a` is [k, m] where transposed, `b` [n, k]. */
export function referenceMatMul(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) {
        const left = a[transposeA ? l * m + i : i * k + l]!;
        result[i * n + j]! += left * b[transposeB ? j * k + l : l * n + j]!;
      }
    }
  }
  return result;
}

export function referenceRmsNorm(x: Float64Array, weight: Float64Array, eps: number): Float64Array {
  const width = weight.length;
  return x.map((value, i) => {
    const first = i - (i % width);
    const row = x.subarray(first, first + width);
    const meanSquare = row.reduce((sum, v) => sum + v * v, 0) / width;
    return (weight[i % width]! * value) / Math.sqrt(meanSquare + eps);
  });
}

export function referenceGatedSilu(gate: Float64Array, up: Float64Array): Float64Array {
  return gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!);
}

/** @param x [n, heads, d]; the angle of a pair is position * frequency, rounded to f32 as specified */
export function referenceRotary(
  x: Float64Array,
  positions: Int32Array,
  frequencies: Float32Array,
  heads: number,
  factor: number,
): Float64Array {
  const half = frequencies.length;
  return x.map((value, i) => {
    const pair = i % (2 * half);
    const position = positions[Math.floor(i / (2 * half * heads))]!;
    const angle = Math.fround(position * frequencies[pair % half]!);
    const other = pair < half ? -x[i + half]! : x[i - half]!;
    return factor * (value * Math.cos(angle) + other * Math.sin(angle));
  });
}

/** Per query: softmax over the keys it sees of scale * q·k, then the mean of their values. */
export function referenceAttention(
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  mask: Float32Array,
  { rows, slots, heads, kvHeads, headDim, scale }: AttentionShape,
): Float64Array {
  const y = new Float64Array(q.length);
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / (heads / kvHeads));
      for (let query = 0; query < slots; query++) {
        const at = ((row * slots + query) * heads + head) * headDim;
        const keyAt = (key: number) => ((row * slots + key) * kvHeads + kvHead) * headDim;
        const seen = Array.from({ length: slots }, (_, key) => key).filter(
          (key) => mask[(row * slots + query) * slots + key] === 0,
        );
        const scores = seen.map((key) => {
          let dot = 0;
          for (let d = 0; d < headDim; d++) dot += q[at + d]! * k[keyAt(key) + d]!;
          return scale * dot;
        });
        const top = Math.max(...scores);
        const parts = scores.map((score) => Math.exp(score - top));
        const total = parts.reduce((a, b) => a + b, 0);
        seen.forEach((key, i) => {
          for (let d = 0; d < headDim; d++) {
            y[at + d]! += (parts[i]! / total) * v[keyAt(key) + d]!;
          }
        });
      }
    }
  }
  return y;
}

/** Natural log of softmax(hidden_row · head / temperature): [vocab]. */
export function referenceLogProbabilities(
  hidden: Float64Array,
  head: Float64Array,
  temperature: number,
): Float64Array {
  const width = hidden.length;
  const logits = new Float64Array(head.length / width).map((_, id) => {
    let dot = 0;
    for (let j = 0; j < width; j++) dot += hidden[j]! * head[id * width + j]!;
    return dot / temperature;
  });
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const normalizer = top + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - top), 0));
  return logits.map((x) => x - normalizer);
}

/** @param hidden [rows, width] @param head [vocab, width] */
export function referenceTrieLoss(
  hidden: Float64Array,
  head: Float64Array,
  { weight, start, token, probability }: SparseTargets,
  width: number,
  kind: LossKind,
  temperature: number,
): number {
  let loss = 0;
  weight.forEach((w, row) => {
    const logP = referenceLogProbabilities(
      hidden.subarray(row * width, (row + 1) * width),
      head,
      temperature,
    );
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const t = probability[i]!;
      loss += w * t * ((kind === 'kl' ? Math.log(t) : 0) - logP[token[i]!]!);
    }
  });
  return loss;
}
