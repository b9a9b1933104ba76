// Byte-pair encoding learned from weighted words: the merges of the built-in model's tokenizer.

/** Two tokens that become one, in the order in which they were learned. */
export type Merge = readonly [left: string, right: string];

/**
 * Learns up to `count` merges from `words`, a map from a word (in byte-level letters) to how often
 * it occurs (Sennrich et al. 2016, algorithm 1). Ties go to the alphabetically first pair, so the
 * result depends on the words and their counts alone. Stops early when no pair is left.
 */
export function learnMerges(words: ReadonlyMap<string, number>, count: number): Merge[] {
  const entries = [...words].map(([word, weight]) => ({ pieces: [...word], weight }));
  const merges: Merge[] = [];
  while (merges.length < count) {
    const best = mostFrequentPair(entries);
    if (!best) break;
    merges.push(best);
    for (const entry of entries) entry.pieces = joinPair(entry.pieces, best);
  }
  return merges;
}

interface Entry {
  pieces: string[];
  readonly weight: number;
}

function mostFrequentPair(entries: readonly Entry[]): Merge | undefined {
  const weights = new Map<string, number>();
  for (const { pieces, weight } of entries) {
    for (let i = 1; i < pieces.length; i++) {
      const key = `${pieces[i - 1]} ${pieces[i]}`;
      weights.set(key, (weights.get(key) ?? 0) + weight);
    }
  }
  let best: string | undefined;
  let bestWeight = 0;
  for (const [key, weight] of weights) {
    if (weight > bestWeight || (weight === bestWeight && best !== undefined && key < best)) {
      best = key;
      bestWeight = weight;
    }
  }
  if (best === undefined) return undefined;
  const [left, right] = best.split(' ');
  return [left!, right!];
}

function joinPair(pieces: readonly string[], [left, right]: Merge): string[] {
  const joined: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    if (pieces[i] === left && pieces[i + 1] === right) {
      joined.push(left + right);
      i++;
    } else {
      joined.push(pieces[i]!);
    }
  }
  return joined;
}
