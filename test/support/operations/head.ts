// The distribution of the next token in float64: what losses, scores and draws must agree with.
import type { HeadOptions } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';

/**
 * Natural log of softmax(capped(hidden row · head) / temperature).
 * @param hidden [width] @param head [vocab, width] @returns [vocab]
 */
export function referenceHeadLogProbabilities(
  hidden: ArrayLike<number>,
  head: ArrayLike<number>,
  { temperature = 1, softCap = Infinity }: HeadOptions,
): Float64Array {
  const width = hidden.length;
  const logits = new Float64Array(head.length / width).map((_, id) => {
    let dot = 0;
    for (let j = 0; j < width; j++) dot += hidden[j]! * head[id * width + j]!;
    return (softCap === Infinity ? dot : softCap * Math.tanh(dot / softCap)) / temperature;
  });
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const normalizer = top + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - top), 0));
  return logits.map((x) => x - normalizer);
}
