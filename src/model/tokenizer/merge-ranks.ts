// Merges that follow from the vocabulary: any two tokens that make a third one, in the order of ids.
import { LONGEST_TOKEN } from './token-ids.ts';

/** The rank of a pair, the lowest of which is merged first; undefined for one that is not merged. */
export type Rank = (left: string, right: string) => number | undefined;

/**
 * Whether a tokenizer.json leaves its merges to the vocabulary: our own extension of the format
 * (`merges_by_id`), for vocabularies of SentencePiece, whose files name no merges.
 */
export function mergesById(definition: object): boolean {
  const { model } = definition as { readonly model?: { readonly merges_by_id?: unknown } | null };
  return model?.merges_by_id === true;
}

/** The lower id first, and of the ways to make one token that with the longer left part. */
export function ranksById(idOf: (token: string) => number | undefined): Rank {
  return (left, right) => {
    const id = idOf(left + right);
    if (id === undefined || idOf(left) === undefined || idOf(right) === undefined) return undefined;
    return (id + 1) * LONGEST_TOKEN - Array.from(left).length;
  };
}

/** What `ranksById` comes to, written down. */
export function listedMerges(
  idOf: ReadonlyMap<string, number>,
): (readonly [left: string, right: string])[] {
  const inOrder = [...idOf].sort(([, a], [, b]) => a - b);
  return inOrder.flatMap(([token]) => {
    const points = Array.from(token);
    const pairs: (readonly [string, string])[] = [];
    for (let cut = points.length - 1; cut > 0; cut--) {
      const [left, right] = [points.slice(0, cut).join(''), points.slice(cut).join('')];
      if (idOf.has(left) && idOf.has(right)) pairs.push([left, right]);
    }
    return pairs;
  });
}
