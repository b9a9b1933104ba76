// Which of several quantisations of a model to take here, told by their names and sizes alone.
import { gigabytes } from './memory-verdict.ts';

/** A kind of quantisation as file names have it, with bits of a weight in the file and in memory here. */
interface Kind {
  readonly name: RegExp;
  readonly stored: number;
  readonly kept: number;
}

const kind = (name: string, stored: number, kept: number): Kind => ({
  name: new RegExp(`(^|[^a-z0-9])${name}([^a-z0-9]|$)`, 'i'),
  stored,
  kept,
});

/** Those that are read, the ones to take first: 4 bits are enough to train an adapter on, and the least to fetch. */
const KINDS: readonly Kind[] = [
  kind('Q4_K(_[SML])?', 4.5, 6),
  kind('Q4_[01]', 4.5, 6),
  kind('Q5_0', 5.5, 9),
  kind('Q5_(1|K(_[SML])?)', 5.5, 10),
  kind('Q8_0', 8.5, 9),
  kind('Q6_K(_L)?', 6.5, 10),
  kind('B?F16', 16, 32),
  kind('F32', 32, 32),
];

/** The share of the memory that weights may take: the rest is for what training needs beside them. */
const SHARE = 0.5;

/**
 * @param files with their sizes in bytes, several of one model
 * @param limit bytes that the lab may use here
 */
export function quantisationAdvice(
  files: readonly { readonly file: string; readonly bytes: number }[],
  limit: number,
): string {
  const read = files.flatMap(({ file, bytes }) => {
    const rank = KINDS.findIndex(({ name }) => name.test(file));
    const found = KINDS[rank];
    return found ? [{ file, rank, weights: (bytes * found.kept) / found.stored }] : [];
  });
  if (read.length === 0)
    return 'None of them says that it is of a type that is read here, such as Q4_K_M or Q8_0.';
  const fitting = read.filter(({ weights }) => weights <= SHARE * limit);
  const [best] = fitting.sort((a, b) => a.rank - b.rank || b.weights - a.weights);
  if (!best) {
    const least = read.reduce((a, b) => (b.weights < a.weights ? b : a));
    return `The weights of ${least.file} alone would take about ${gigabytes(least.weights)}, and the lab may use ${gigabytes(limit)} here: choose a smaller model.`;
  }
  const closer = fitting.some(({ file }) => /Q8_0/i.test(file)) && !/Q8_0/i.test(best.file);
  return `Take ${best.file}: its weights take about ${gigabytes(best.weights)} of the ${gigabytes(limit)} that the lab may use here.${closer ? ' Q8_0 is closer to the original and fits, too.' : ''}`;
}
