// Partitioners: which answers to one prompt are the same to a reader. Reports name the one used.
import { foldSpace } from '../core/parsing/python-text.ts';
import { stripThinkingTags } from '../core/parsing/thinking.ts';

export interface Partitioner {
  readonly name: string;
  /** [answers] the class of each, numbered from 0 in order of first appearance. */
  partition(answers: readonly string[], signal?: AbortSignal): Promise<number[]>;
}

/** A model that turns texts into vectors, which the user may load. */
export interface Embedder {
  readonly name: string;
  /** [texts][dimensions] */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly ArrayLike<number>[]>;
}

/** Equal up to case, punctuation, white space and thinking traces. */
export const normalizedEquality: Partitioner = {
  name: 'normalised equality',
  partition: (answers) => {
    const words = answers.map((answer) => wordsOf(answer).join(' '));
    return Promise.resolve(classes(words, (a, b) => a === b));
  },
};

/** Words up to which an answer is short. */
const SHORT = 5;
/** Unigram F-measure above which long answers are the same, NoveltyBench's threshold. */
const SAME_F_MEASURE = 0.458;

/**
 * NoveltyBench's rule for short answers: if neither has more than five words, they are the same when
 * twice the number of words they share is at least the longer one's length. Longer answers, which
 * NoveltyBench gives to its classifier, are compared by its unigram baseline: the F-measure of shared
 * words (ROUGE-1) above 0.458.
 */
export const unigramOverlap: Partitioner = {
  name: 'unigram overlap',
  partition: (answers) => Promise.resolve(classes(answers.map(stripThinkingTags), sameByUnigrams)),
};

/** Cosine similarity of embeddings of at least `threshold`. */
export function embeddingSimilarity(embedder: Embedder, threshold: number): Partitioner {
  return {
    name: `cosine of ${embedder.name} >= ${threshold}`,
    async partition(answers, signal) {
      const vectors = await embedder.embed(answers.map(stripThinkingTags), signal);
      return classes(vectors, (a, b) => cosine(a, b) >= threshold);
    },
  };
}

/** Each item joins the first class whose first member it equals, as in NoveltyBench. */
function classes<Item>(items: readonly Item[], same: (a: Item, b: Item) => boolean): number[] {
  const first: Item[] = [];
  return items.map((item) => {
    const known = first.findIndex((member) => same(member, item));
    return known >= 0 ? known : first.push(item) - 1;
  });
}

function sameByUnigrams(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => foldSpace(text.toLowerCase()).split(' '));
  const longer = Math.max(left!.length, right!.length);
  if (longer > SHORT) return fMeasure(wordsOf(a), wordsOf(b)) > SAME_F_MEASURE;
  const shared = new Set(left!.filter((word) => right!.includes(word)));
  return 2 * shared.size >= longer;
}

/** Words shared, counted as often as both have them, against the mean length. */
function fMeasure(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    shared++;
    left.set(word, count - 1);
  }
  return a.length + b.length === 0 ? 1 : (2 * shared) / (a.length + b.length);
}

/** Letters and digits of any script, in lower case. */
function wordsOf(text: string): string[] {
  const plain = stripThinkingTags(text).normalize('NFC').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    left += a[i]! ** 2;
    right += b[i]! ** 2;
  }
  return product / Math.sqrt(left * right);
}
