// KL by the place in the answer, or the depth in the trie, at which it is lost.
import type { Column } from '../../lab/compare/columns.ts';
import { klByPosition } from '../../lab/compare/kl-by-position.ts';
import type { Split } from '../../lab/experiment/experiment.ts';
import { SPLIT_TITLES } from '../../lab/plan/split-titles.ts';
import { figure } from '../numbers.ts';
import { positionChart, type PositionSeries } from '../position-chart.ts';
import type { Series } from '../series.ts';
import { type Figure, sayings } from './figure.ts';

export interface PositionFigure extends Figure {
  readonly curves: readonly PositionSeries[];
  /** What a position is. */
  readonly place: string;
  /** What the last place is called if what invalid answers cost stands apart; else null. */
  readonly invalid: string | null;
}

const WORDS = {
  tokens: { place: 'token of the answer', title: 'KL by depth in the trie' },
  characters: { place: 'character of the answer', title: 'KL by position in the answer' },
};
const INVALID = 'invalid';

/** Null where nothing can be split up. */
export function positionFigure(
  columns: readonly Column[],
  series: readonly Series[],
  split: Split,
): PositionFigure | null {
  const positioned = klByPosition(columns, split);
  if (positioned === null) return null;
  const { place, title } = WORDS[positioned.unit];
  const curves = series.flatMap((one, i) => {
    const kl = positioned.kl[i] ?? [];
    return kl.length === 0 ? [] : [{ ...one, kl, invalid: positioned.invalid[i] ?? null }];
  });
  const losses = curves.map(({ name, kl }) => {
    const most = kl.indexOf(Math.max(...kl));
    return `${name} loses most at ${place} ${most + 1}, ${figure(kl[most])} nats`;
  });
  return {
    curves,
    place,
    invalid: curves.some(({ invalid }) => invalid !== null) ? INVALID : null,
    file: 'kl-by-position',
    title,
    label: sayings([`${title}, ${SPLIT_TITLES[split]}`, ...losses]),
    legend: curves,
    draw: (Plot, width) => positionChart(Plot, curves, place, INVALID, width),
  };
}
