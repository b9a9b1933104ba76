// All figures of a comparison, in the order of its report.
import type { Comparison } from '../../lab/compare/comparison.ts';
import { openPrompts } from '../../lab/compare/open-answers.ts';
import type { Split } from '../../lab/experiment/experiment.ts';
import { chartGrid } from '../chart-grid.ts';
import { looksOfColumns } from '../looks.ts';
import { type Series, seriesOf } from '../series.ts';
import { calibrationFigure } from './calibration-figure.ts';
import { familyFigure } from './family-figure.ts';
import { type Figure, sayings } from './figure.ts';
import { lossesOf, lossFigure } from './loss-figure.ts';
import { positionFigure } from './position-figure.ts';
import { letterFigure, openFigure } from './share-figures.ts';
import { tradeOffChoices, tradeOffFigure, usualTradeOff } from './trade-off-figure.ts';

/** Where a figure belongs: to the scores of a split, to the training, or to the further evaluations. */
export type FigurePlace = Split | 'training' | 'evaluations';

export interface PlacedFigure extends Figure {
  readonly place: FigurePlace;
}

/** Open-ended prompts that are drawn, and answers to each. */
const OPEN = { prompts: 6, answers: 6, columns: 2 };

/** Every figure that the comparison has something for. */
export function comparisonFigures(comparison: Comparison): PlacedFigure[] {
  const { columns, scores, reported } = comparison;
  const series = seriesOf(columns, looksOfColumns(columns));
  const splits = scores.map(({ split }) => split);
  const losses = lossesOf(columns, series);
  const choice = usualTradeOff(tradeOffChoices(reported));
  const last = splits.at(-1);
  return [
    ...splits.flatMap((split) =>
      [calibrationFigure, familyFigure, positionFigure].flatMap((figureOf) =>
        placed(split, figureOf(columns, series, split)),
      ),
    ),
    ...placed(
      'training',
      losses.curves.length > 0 ? lossFigure(losses.curves, losses.steps) : null,
    ),
    ...placed('evaluations', openGrid(comparison, series)),
    ...placed('evaluations', letterFigure(reported, series)),
    ...placed('evaluations', choice && last ? tradeOffFigure(columns, series, last, choice) : null),
  ];
}

/** Files of different splits have different names. */
function placed(place: FigurePlace, figure: Figure | null): PlacedFigure[] {
  if (figure === null) return [];
  const isOfSplit = place !== 'training' && place !== 'evaluations';
  const file = isOfSplit ? `${figure.file}-${place.replaceAll('_', '-')}` : figure.file;
  return [{ ...figure, file, place }];
}

/** The first open-ended prompts in one figure. */
function openGrid({ columns }: Comparison, series: readonly Series[]): Figure | null {
  const prompts = openPrompts(columns, OPEN.answers).slice(0, OPEN.prompts);
  if (prompts.length === 0) return null;
  const figures = prompts.map((prompt) => openFigure(prompt, series));
  return {
    file: 'open-answers',
    title: 'Open-ended answers',
    label: sayings(figures.map(({ label }) => label)),
    legend: series,
    draw: (Plot, width) => {
      const each = Math.floor(width / Math.min(OPEN.columns, figures.length)) - 12;
      return chartGrid(
        figures.map(({ title, draw }) => ({ title, chart: draw(Plot, each) })),
        OPEN.columns,
      );
    },
  };
}
