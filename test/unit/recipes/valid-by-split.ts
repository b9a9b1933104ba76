// A chart of a comparison as one would add it: the valid mass of every column, as bars.
import { summarise } from '../../../src/lab/results/summary.ts';
import type { Split } from '../../../src/lab/experiment/experiment.ts';
import type { Chart } from '../../../src/charts/chart.ts';
import {
  type Compared,
  type ComparisonChart,
  onlyChoice,
} from '../../../src/charts/comparison-chart.ts';
import { figure } from '../../../src/charts/numbers.ts';

function validChart({ columns, series }: Compared, split: Split): Chart | null {
  const bars = columns.flatMap(({ label, parts }, i) => {
    const rows = parts.flatMap(({ arm }) => arm.results.exact);
    const mass = summarise(rows)[split]?.valid_mass;
    return mass === undefined ? [] : [{ label, mass, color: series[i]!.color }];
  });
  if (bars.length === 0) return null;
  return {
    file: 'valid-mass',
    title: 'Valid mass',
    label: `Valid mass: ${bars.map(({ label, mass }) => `${label} ${figure(mass)}`).join(', ')}`,
    legend: series,
    height: () => 120,
    table: () => ({
      columns: ['column', 'valid mass'],
      rows: bars.map(({ label, mass }) => [label, mass]),
    }),
    draw: (Plot, width) =>
      Plot.plot({ width, height: 120, marks: [Plot.barX(bars, { x: 'mass', y: 'label' })] }),
  };
}

export const validBySplit: ComparisonChart = {
  key: 'valid-mass',
  place: 'split',
  choices: (compared, split) => onlyChoice(validChart(compared, split)),
};
