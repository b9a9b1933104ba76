// All charts of a comparison, in the order of its report. A new one is a line here.
import type { Comparison } from '../lab/compare/comparison.ts';
import { openPrompts } from '../lab/compare/open-answers.ts';
import { type Split, SPLITS } from '../lab/experiment/experiment.ts';
import { EVALUATION_TITLES } from '../lab/results/evaluation-report.ts';
import { figureName } from '../lab/results/reported-figures.ts';
import { type Chart, sayings } from './chart.ts';
import { chartGrid } from './chart-grid.ts';
import { type Compared, comparedOf, type ComparisonChart, onlyChoice } from './comparison-chart.ts';
import { familyAnswersChart } from './family-answers-chart.ts';
import { familyChart } from './family-chart.ts';
import { comparedLossChart } from './loss-chart.ts';
import { positionChart } from './position-chart.ts';
import { letterChart, openChart } from './share-chart.ts';
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
  {
    key: 'open-answers',
    place: 'evaluations',
    heading: 'Open-ended answers',
    choosing: 'Open-ended prompt to look at',
    choices: ({ columns, series }) =>
      openPrompts(columns).map((prompt) => ({
        name: prompt.prompt,
        chart: openChart(prompt, series),
      })),
    inReports: openGrid,
  },
  {
    key: 'answer-positions',
    place: 'evaluations',
    choices: ({ reported, series }) => onlyChoice(letterChart(reported, series)),
  },
  {
    key: 'trade-off',
    place: 'evaluations',
    heading: 'Calibration and what else changed',
    choosing: 'Figure to set against KL',
    choices: (compared, split) =>
      tradeOffRows(compared.reported).flatMap((row) => {
        const chart = tradeOffChart(compared, split, row);
        const name = `${EVALUATION_TITLES[row.evaluation]}: ${figureName(row)}`;
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

/** Open-ended prompts that a report draws, and answers to each. */
const OPEN = { prompts: 6, answers: 6, columns: 2 };

/** The first open-ended prompts in one chart. */
function openGrid({ columns, series }: Compared): Chart | null {
  const prompts = openPrompts(columns, OPEN.answers).slice(0, OPEN.prompts);
  if (prompts.length === 0) return null;
  const charts = prompts.map((prompt) => openChart(prompt, series));
  const across = Math.min(OPEN.columns, charts.length);
  return {
    file: 'open-answers',
    title: 'Open-ended answers',
    label: sayings(charts.map(({ label }) => label)),
    legend: series,
    height: Math.max(...charts.map(({ height }) => height)) * Math.ceil(charts.length / across),
    table: () => ({
      columns: ['prompt', 'answer', ...series.map(({ name }) => name)],
      rows: charts.flatMap(({ title, table }) => table().rows.map((row) => [title, ...row])),
    }),
    draw: (Plot, width) =>
      chartGrid(
        charts.map(({ title, draw }) => ({
          title,
          chart: draw(Plot, Math.floor(width / across) - 12),
        })),
        OPEN.columns,
      ),
  };
}
