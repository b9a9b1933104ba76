// docs/results.md from its template, with every figure read from the comparisons in docs/results/.
//
// A figure is written as {{STUDY/PART/GROUP/FIGURE}}, by the names of STUDY's comparison.csv, and stands for that
// of all columns, or with /COLUMN at the end for that of one. Words after it say how: `.3` decimals (two unless
// given), `%` a share as per cent, `±` with the interval where there is one, `−base` the difference to the first column.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { figuresOfStudy } from './comparison-figures.mjs';
import { root } from './ensure-installed.mjs';

export const PROSE = join(root, 'docs', 'results.md');
const TEMPLATE = join(root, 'docs', 'results', 'results.template.md');

/** The prose as the comparisons have it now. */
export async function renderedProse() {
  const text = rendered(readFileSync(TEMPLATE, 'utf8'), figuresOfStudy);
  return format(text, { ...(await resolveConfig(PROSE)), parser: 'markdown' });
}

/**
 * @param {string} template
 * @param {(study: string) => import('./comparison-figures.mjs').Figure[]} figuresOf those of a study
 * @returns {string}
 */
export function rendered(template, figuresOf) {
  const written = template.replace(/\{\{.*?\}\}|`[^`]*`|\]\([^)]*\)/gs, '');
  const byHand = /\d+\.\d+/.exec(written.replace(/arXiv \d+\.\d+/g, ''));
  if (byHand) throw new Error(`${byHand[0]} is written by hand: let it be read from a comparison`);
  return template.replace(/\{\{(.*?)\}\}/gs, (_, asked) => inWords(asked.trim(), figuresOf));
}

function inWords(asked, figuresOf) {
  const [place, ...how] = asked.split(/ (?=[.%±−])/);
  const [study, part, group, figure, column] = place.split('/');
  const rows = figuresOf(study).filter(
    (row) =>
      row.part === part &&
      row.group === group &&
      row.figure === figure &&
      (column === undefined || row.column === column),
  );
  if (rows.length === 0) throw new Error(`there is no figure {{${asked}}}`);
  return rows.map((row) => worded(row, how)).join(', ');
}

function worded(row, how) {
  const isShare = how.includes('%');
  const decimals = Number(how.find((word) => word.startsWith('.'))?.slice(1) ?? (isShare ? 0 : 2));
  const numbers = new Intl.NumberFormat('en', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  const number = (cell) => numbers.format((isShare ? 100 : 1) * Number(cell)).replace('-', '−');
  const [value, low, high] = how.includes('−base')
    ? [row.difference, row.difference_low, row.difference_high]
    : [row.value, row.low, row.high];
  if (value === '') return '–';
  const interval = how.includes('±') && low !== '' ? ` [${number(low)}, ${number(high)}]` : '';
  return number(value) + interval + (isShare ? ' %' : '');
}
