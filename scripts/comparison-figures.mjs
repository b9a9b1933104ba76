// The figures of a comparison in docs/results/, as its comparison.csv has them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { group as groupsOf, mean } from 'd3-array';
import { FAMILIES } from '../src/core/distributions/families.ts';
import { root } from './ensure-installed.mjs';

const kept = new Map();

/**
 * Of exact scores also those of a split's numbers and of its words alone, as groups `train numbers`, `train words`.
 * @param {string} study @returns {import('./comparison-figures.mjs').Figure[]}
 */
export function figuresOfStudy(study) {
  if (!kept.has(study)) {
    const csv = (name) => readFileSync(join(root, 'docs', 'results', study, name), 'utf8');
    const prompts = byKind(linesOf(csv('comparison-prompts.csv')));
    kept.set(study, [...linesOf(csv('comparison.csv')), ...prompts]);
  }
  return kept.get(study);
}

/** Cells by the names of the first line; none of the names and texts has a comma. */
export function linesOf(csv) {
  const [names, ...lines] = csv
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
}

/** Families of distributions are asked for numbers, everything else for words. */
const NUMBERS = new Set(FAMILIES.map(({ id }) => id));

/** Means over prompts, families weighted equally, as everywhere. */
export function byKind(prompts) {
  const kind = ({ family }) => (NUMBERS.has(family) ? 'numbers' : 'words');
  const groups = groupsOf(prompts, (row) => `${row.column},${row.split} ${kind(row)}`);
  return [...groups].flatMap(([name, rows]) => {
    const [column, group] = name.split(',');
    const families = [...groupsOf(rows, ({ family }) => family).values()];
    return ['kl', 'tv', 'valid_mass'].map((figure) => {
      const of = (row) => Number(row[figure]);
      const value = String(mean(families, (family) => mean(family, of)));
      const absent = { low: '', high: '', difference: '', difference_low: '', difference_high: '' };
      return { column, part: 'exact', group, figure, value, ...absent };
    });
  });
}
