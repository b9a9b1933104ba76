// Random targets of next tokens.
import type { RandomStream } from '../../src/core/random.ts';
import type { SparseTargets } from '../../src/tensor/ops/trie-loss/trie-loss.ts';

/** One to four different tokens a row with probabilities that sum to 1, one row in five without weight. */
export function randomTargets(rows: number, vocab: number, random: RandomStream): SparseTargets {
  const start = [0];
  const token: number[] = [];
  const probability: number[] = [];
  const weight = Float32Array.from({ length: rows }, (_, row) =>
    row % 5 === 4 ? 0 : 0.1 + random.uniform(),
  );
  for (let row = 0; row < rows; row++) {
    const order = random.shuffle(Array.from({ length: vocab }, (_, id) => id));
    const chosen = order.slice(0, 1 + random.integer(Math.min(4, vocab)));
    const parts = chosen.map(() => 0.01 + random.uniform());
    const total = parts.reduce((a, b) => a + b, 0);
    token.push(...chosen);
    probability.push(...parts.map((part) => part / total));
    start.push(token.length);
  }
  return {
    weight,
    start: Int32Array.from(start),
    token: Int32Array.from(token),
    probability: Float32Array.from(probability),
  };
}
