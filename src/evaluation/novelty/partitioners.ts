// Partitioners: which answers to one prompt are the same to a reader. Reports name the one used.
import { countsOf } from '../../core/counts.ts';
import { foldCase } from '../../core/parsing/fold-case.ts';
import { canonicalAnswer } from '../../core/parsing/same-answer.ts';
import { foldSpace } from '../../core/parsing/python-text.ts';
import { stripThinkingTags } from '../../core/parsing/thinking.ts';
import type { Embedder } from '../embedder.ts';

export interface Partitioner {
  readonly name: string;
  /** [answers] the class of each, numbered from 0 in order of first appearance. */
  partition(answers: readonly string[], signal?: AbortSignal): Promise<number[]>;
}

/** An answer as it is compared: thinking traces off, written canonically. */
const read = (answer: string) => canonicalAnswer(stripThinkingTags(answer));

/** Equal up to case, punctuation, white space and thinking traces. */
export const normalizedEquality: Partitioner = {
  name: 'normalised equality',
  partition(answers) {
    const bare = answers.map((answer) => withoutPunctuation(read(answer)));
    return Promise.resolve(classes(bare, (a, b) => a === b));
  },
};

/** Unicode calls these punctuation, but they tell answers apart: C# from C, 50 % from 50. */
const MEANS_SOMETHING = '#＃%％‰‱&＆@＠/／\\＼§¶';
/** Punctuation, unless it stands between two digits and belongs to the number. */
const PUNCTUATION = /(?<!\p{Nd})[\p{P}`´]|[\p{P}`´](?!\p{Nd})/gu;
/** A hyphen in front of a number is its sign. */
const SIGN = /(?<![\p{L}\p{M}\p{N}])-(?=\.?\p{Nd})/gu;

/** Case and white space folded, too; an answer of nothing but punctuation stays what it is. */
function withoutPunctuation(answer: string): string {
  const folded = foldSpace(foldCase(answer));
  const bare = folded
    .replace(SIGN, '\u2212')
    .replace(PUNCTUATION, (mark) => (MEANS_SOMETHING.includes(mark) ? mark : ' '));
  return foldSpace(bare) || folded;
}

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
  partition: (answers) => Promise.resolve(classes(answers.map(read), sameByUnigrams)),
};

/** Cosine similarity of embeddings of at least `threshold`. */
export function embeddingSimilarity(embedder: Embedder, threshold: number): Partitioner {
  return {
    name: `cosine of ${embedder.name} >= ${threshold}`,
    async partition(answers, signal) {
      const vectors = await embedder.embed(answers.map(read), signal);
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
  const [left, right] = [a, b].map((text) => foldSpace(foldCase(text)).split(' '));
  const longer = Math.max(left!.length, right!.length);
  if (longer > SHORT) return fMeasure(wordsOf(a), wordsOf(b)) > SAME_F_MEASURE;
  const shared = new Set(left!.filter((word) => right!.includes(word)));
  return 2 * shared.size >= longer;
}

/** Words shared, counted as often as both have them, against the mean length. */
function fMeasure(a: readonly string[], b: readonly string[]): number {
  const left = countsOf(a);
  let shared = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    shared++;
    left.set(word, count - 1);
  }
  return a.length + b.length === 0 ? 1 : (2 * shared) / (a.length + b.length);
}

/** Letters with their marks and digits of any script, and pictures, without case. */
const wordsOf = (text: string): string[] =>
  foldCase(text).match(/[\p{L}\p{M}\p{N}]+|\p{So}/gu) ?? [];

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    left += a[i]! ** 2;
    right += b[i]! ** 2;
  }
  return product / Math.sqrt(left * right);
}
