// A comparison as CSV: its figures, one a line; or the exact scores of every prompt.
import { SHOWN_METRICS } from '../exact-figures.ts';
import { csvText } from '../results/csv.ts';
import { ROW_COLUMNS } from '../results/results-csv.ts';
import type { Comparison } from './comparison.ts';
import type { Column } from './columns.ts';

const HEADER = [
  'column',
  'method',
  'seeds',
  'part',
  'group',
  'figure',
  'value',
  'low',
  'high',
  'difference',
  'difference_low',
  'difference_high',
  'prompts',
  'standing',
];

const seeds = ({ parts }: Column) => parts.map(({ run }) => run.seed ?? '').join(' ');

/** One line per column and figure. `low` and `high` bound 95 % intervals, or seeds. */
export function comparisonCsv({ columns, scores, reported, efforts }: Comparison): string {
  const exact = scores.flatMap(({ split, scores: ofSplit }) =>
    SHOWN_METRICS.flatMap((metric) =>
      ofSplit[metric].map(({ mean, difference, standing }, i) => [
        ...about(columns[i]!, 'exact', split, metric),
        ...[mean?.value, mean?.interval?.low, mean?.interval?.high],
        ...[difference?.value, difference?.interval?.low, difference?.interval?.high],
        mean?.prompts,
        standing,
      ]),
    ),
  );
  const training = columns.flatMap((column, i) =>
    Object.entries(efforts[i]!).map(([name, value]) => [
      ...about(column, 'training', null, name),
      ...[value, ...Array<null>(7).fill(null)],
    ]),
  );
  const further = reported.flatMap(({ evaluation, name, group, figures }) =>
    columns.map((column, i) => [
      ...about(column, evaluation, group, name),
      ...[figures[i]?.value, figures[i]?.low, figures[i]?.high, ...Array<null>(5).fill(null)],
    ]),
  );
  return csvText([HEADER, ...exact, ...training, ...further]);
}

const about = (column: Column, part: string, group: string | null, figure: string) =>
  [column.label, column.method, seeds(column), part, group, figure] as const;

/** One line per column, run and prompt, as a run's own CSV has them. */
export function promptsCsv({ columns }: Pick<Comparison, 'columns'>): string {
  const lines = columns.flatMap(({ label, method, parts }) =>
    parts.flatMap(({ run, arm }) =>
      arm.results.exact.map((row) => [
        ...[label, method, run.name, run.id, run.seed, arm.name],
        ...ROW_COLUMNS.map((column) => row[column]),
      ]),
    ),
  );
  const header = ['column', 'method', 'run', 'run_id', 'seed', 'arm', ...ROW_COLUMNS];
  return csvText([header, ...lines]);
}
