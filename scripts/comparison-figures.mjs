// The figures of a comparison in docs/results/, as its comparison.csv has them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure-installed.mjs';

const kept = new Map();

/** @param {string} study @returns {import('./comparison-figures.mjs').Figure[]} */
export function figuresOfStudy(study) {
  if (!kept.has(study)) {
    kept.set(
      study,
      figuresIn(readFileSync(join(root, 'docs', 'results', study, 'comparison.csv'), 'utf8')),
    );
  }
  return kept.get(study);
}

/** Cells by the names of the first line; none of the names and texts has a comma. */
export function figuresIn(csv) {
  const [names, ...lines] = csv
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
}
