// KL of every family: a row per family, a symbol per series, on a logarithmic axis.
import { displayName } from '../core/distributions/families.ts';
import { familyScores } from '../lab/compare/family-scores.ts';
import type { Split } from '../lab/experiment/experiment.ts';
import { SPLIT_TITLES } from '../lab/plan/split-titles.ts';
import { type Chart, sayings } from './chart.ts';
import type { Compared } from './comparison-chart.ts';
import { figure } from './numbers.ts';
import type { PlotModule } from './plot.ts';
import { type Series, symbolOf } from './series.ts';

interface FamilyDots {
  readonly family: string;
  /** [series] nats; null where the family was not measured. */
  readonly values: readonly (number | null)[];
}

/** Below it, differences mean nothing, and a logarithm has to end somewhere. */
const FLOOR = 1e-4;

const ROW = 21;

/** The worst family first; null where none was measured. */
export function familyChart({ columns, series }: Compared, split: Split): Chart | null {
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
    file: 'kl-by-family',
    title: 'KL by family',
    label: sayings([`KL by family, ${SPLIT_TITLES[split]}`, ...ranges]),
    legend: series,
    height: () => heightOf(rows),
    table: () => ({
      columns: ['family', ...series.map(({ name }) => name)],
      rows: rows.map(({ family, values }) => [family, ...values]),
    }),
    draw: (Plot, width) => drawFamilies(Plot, rows, series, width),
  };
}

const worst = ({ values }: FamilyDots) => Math.max(...values.map((value) => value ?? 0));

const heightOf = (rows: readonly FamilyDots[]) => rows.length * ROW + 56;

function drawFamilies(
  Plot: PlotModule,
  rows: readonly FamilyDots[],
  series: readonly Series[],
  width: number,
): Element {
  const longest = Math.max(...rows.map(({ family }) => family.length));
  const ranges = rows.map(({ family, values }) => {
    const known = values.filter((value) => value !== null).map((kl) => Math.max(FLOOR, kl));
    return { family, low: Math.min(...known), high: Math.max(...known) };
  });
  const all = ranges.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite);
  return Plot.plot({
    width,
    height: heightOf(rows),
    marginLeft: Math.min(width * 0.4, 14 + longest * 6.6),
    marginRight: 14,
    marginTop: 8,
    marginBottom: 36,
    x: {
      type: 'log',
      label: 'KL, nats (logarithmic)',
      labelArrow: 'none',
      grid: true,
      tickFormat: figure,
      ticks: width < 420 ? 3 : 6,
      domain: [Math.min(...all) * 0.8, Math.max(...all) * 1.25],
    },
    y: { label: null, domain: rows.map(({ family }) => family), tickSize: 0 },
    marks: [
      Plot.ruleY(ranges, { y: 'family', x1: 'low', x2: 'high', stroke: 'var(--line-strong)' }),
      ...series.map((one, i) =>
        Plot.dot(
          rows.filter(({ values }) => values[i] !== null),
          {
            y: 'family',
            x: ({ values }: FamilyDots) => Math.max(FLOOR, values[i]!),
            r: 4,
            ...symbolOf(one),
            title: ({ family, values }: FamilyDots) =>
              `${one.name}: ${family} ${figure(values[i])} nats`,
          },
        ),
      ),
    ],
  });
}
