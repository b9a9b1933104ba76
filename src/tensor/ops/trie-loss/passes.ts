// How the logits of many rows over a large vocabulary are cut into pieces that fit in memory.

/** How logits follow from hidden states, and how much of them may lie in memory at a time. */
export interface HeadOptions {
  /** Logits are divided by it, after the soft cap. */
  readonly temperature?: number;
  /** Logits z become softCap * tanh(z / softCap). */
  readonly softCap?: number;
  /** Vocabulary entries per pass; chosen by `maxBytes` if left out. */
  readonly chunk?: number;
  /** Largest buffer of logits. */
  readonly maxBytes?: number;
}

/** The options of a pass, complete. */
export interface HeadPass {
  readonly temperature: number;
  /** Infinity where logits are not capped. */
  readonly softCap: number;
  /** Vocabulary entries per pass. */
  readonly chunk: number;
  /** The logits of all passes are together within the bound, so that they may be kept for the gradient. */
  readonly keeps: boolean;
}

/** A range of rows or of the vocabulary. */
export interface Range {
  readonly first: number;
  readonly size: number;
}

const MAX_BYTES = 32 * 2 ** 20;
/** Narrower passes over the vocabulary waste more on starting than they save. */
const LEAST_CHUNK = 1024;
/** Sums of more f32 addends, one after the other, round by more than 1e-5 of the result. */
const LARGEST_CHUNK = 8192;

/** Passes over the vocabulary for as many rows at a time as `rows` says. */
export function planPasses(
  rows: number,
  vocab: number,
  { temperature = 1, softCap = Infinity, chunk, maxBytes = MAX_BYTES }: HeadOptions,
): HeadPass & { readonly rows: number } {
  const entries = Math.max(1, Math.floor(maxBytes / 4));
  const narrowest = Math.min(vocab, chunk ?? LEAST_CHUNK);
  const rowsAtATime = Math.max(1, Math.min(rows, Math.floor(entries / narrowest)));
  const widest = Math.max(1, Math.min(LARGEST_CHUNK, Math.floor(entries / rowsAtATime)));
  const even = widest >= vocab ? vocab : evenChunk(vocab, widest);
  const size = Math.min(chunk ?? even, vocab);
  const keeps = rows * vocab <= entries;
  return { temperature, softCap, chunk: size, keeps, rows: rowsAtATime };
}

/** 0 .. total in ranges of `size`, the last one shorter where it must be. */
export function rangesOf(total: number, size: number): Range[] {
  return Array.from({ length: Math.ceil(total / size) }, (_, i) => ({
    first: i * size,
    size: Math.min(size, total - i * size),
  }));
}

/** Passes of nearly the same size, in multiples of 128 where that is possible, else of 4. */
function evenChunk(vocab: number, widest: number): number {
  const even = Math.ceil(vocab / Math.ceil(vocab / widest));
  const inMultiplesOf = (unit: number) => unit * Math.ceil(even / unit);
  const [round, least] = [inMultiplesOf(128), inMultiplesOf(4)];
  const fitting = [round, least, 4 * Math.floor(widest / 4)].find((size) => size <= widest);
  return fitting || even;
}
