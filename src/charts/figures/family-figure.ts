// KL of every family, a symbol per column.
import { displayName } from '../../core/distributions/families.ts';
import type { Column } from '../../lab/compare/columns.ts';
import { familyScores } from '../../lab/compare/family-scores.ts';
import type { Split } from '../../lab/experiment/experiment.ts';
import { SPLIT_TITLES } from '../../lab/plan/split-titles.ts';
import { familyChart, type FamilyDots } from '../family-chart.ts';
import { figure } from '../numbers.ts';
import type { Series } from '../series.ts';
import { type Figure, sayings } from './figure.ts';

export interface FamilyFigure extends Figure {
  /** Families, the worst first. */
  readonly rows: readonly FamilyDots[];
}

/** Null where no family was measured. */
export function familyFigure(
  columns: readonly Column[],
  series: readonly Series[],
  split: Split,
): FamilyFigure | null {
  const rows = familyScores(columns, split, 'kl')
    .filter(({ values }) => values.some((value) => value !== null))
    .map(({ family, values }) => ({ family: displayName(family), values }))
    .sort((a, b) => worst(b) - worst(a));
  if (rows.length === 0) return null;
  const ranges = series.map(({ name }, i) => {
    const known = rows.flatMap(({ values }) => values[i] ?? []);
    if (known.length === 0) return '';
    return `${name} from ${figure(Math.min(...known))} to ${figure(Math.max(...known))}`;
  });
  return {
    rows,
    file: 'kl-by-family',
    title: 'KL by family',
    label: sayings([`KL by family, ${SPLIT_TITLES[split]}`, ...ranges]),
    legend: series,
    draw: (Plot, width) => familyChart(Plot, rows, series, width),
  };
}

const worst = ({ values }: FamilyDots) => Math.max(...values.map((value) => value ?? 0));
