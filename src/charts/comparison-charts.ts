// All charts of a comparison, in the order of its report. A new one is a line here.
import { EVALUATIONS } from '../evaluation/index.ts';
import { evaluationNamed } from '../evaluation/names.ts';
import { figureName } from '../evaluation/reported-figures.ts';
import type { Comparison } from '../lab/compare/comparison.ts';
import { type Split, SPLITS } from '../lab/experiment/experiment.ts';
import type { Chart } from './chart.ts';
import { comparedOf, type ComparisonChart, onlyChoice } from './comparison-chart.ts';
import { familyAnswersChart } from './family-answers-chart.ts';
import { familyChart } from './family-chart.ts';
import { comparedLossChart } from './loss-chart.ts';
import { positionChart } from './position-chart.ts';
import { evaluationCharts } from './share-chart.ts';
import { tradeOffChart, tradeOffRows } from './trade-off-chart.ts';

export const COMPARISON_CHARTS: readonly ComparisonChart[] = [
  {
    key: 'answers',
    place: 'split',
    // There, a reader picks a prompt and how it is drawn.
    onPage: false,
    choices: (compared, split) => onlyChoice(familyAnswersChart(compared, split)),
  },
  {
    key: 'kl-by-family',
    place: 'split',
    choices: (compared, split) => onlyChoice(familyChart(compared, split)),
  },
  {
    key: 'kl-by-position',
    place: 'split',
    choices: (compared, split) => onlyChoice(positionChart(compared, split)),
  },
  {
    key: 'loss',
    place: 'training',
    choices: (compared) => onlyChoice(comparedLossChart(compared)),
  },
  ...EVALUATIONS.flatMap(evaluationCharts),
  {
    key: 'trade-off',
    place: 'evaluations',
    heading: 'Calibration and what else changed',
    choosing: 'Figure to set against KL',
    choices: (compared, split) =>
      tradeOffRows(compared.reported).flatMap((row) => {
        const chart = tradeOffChart(compared, split, row);
        const name = `${evaluationNamed(row.evaluation).title}: ${figureName(row)}`;
        return chart ? [{ name, chart }] : [];
      }),
  },
];

/** Where a report puts a chart. */
export interface PlacedChart extends Chart {
  readonly place: Split | 'training' | 'evaluations';
}

/** Every chart that a report of the comparison has something for. */
export function reportCharts(
  comparison: Comparison,
  kinds: readonly ComparisonChart[] = COMPARISON_CHARTS,
): PlacedChart[] {
  const compared = comparedOf(comparison);
  const { splits } = compared;
  const last = splits.at(-1) ?? SPLITS[0];
  const drawn = ({ choices, inReports }: ComparisonChart, split: Split) =>
    inReports ? inReports(compared, split) : (choices(compared, split)[0]?.chart ?? null);
  const ofSplits = splits.flatMap((split) =>
    kinds
      .filter(({ place }) => place === 'split')
      .flatMap((kind) => {
        const chart = drawn(kind, split);
        // Files of different splits have different names.
        const file = `${chart?.file}-${split.replaceAll('_', '-')}`;
        return chart ? [{ ...chart, file, place: split }] : [];
      }),
  );
  const others = kinds.flatMap((kind) => {
    if (kind.place === 'split') return [];
    const chart = drawn(kind, last);
    return chart ? [{ ...chart, place: kind.place }] : [];
  });
  return [...ofSplits, ...others];
}
