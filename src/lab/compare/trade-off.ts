// Calibration against any other figure: a point for each run that has both.
import type { Split } from '../experiment/experiment.ts';
import type { Column } from './columns.ts';
import type { EvaluationName } from '../../evaluation/names.ts';
import { reportedFigures } from './reports.ts';

export interface TradeOff {
  /** Place of the column. */
  readonly column: number;
  readonly seed: number | null;
  /** Mean KL in nats, families counting the same. */
  readonly kl: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** One figure of one evaluation. */
export interface FigureKey {
  readonly evaluation: EvaluationName;
  readonly name: string;
  readonly group: string | null;
}

/** Joined runs have a point each. */
export function tradeOffs(columns: readonly Column[], split: Split, key: FigureKey): TradeOff[] {
  return columns.flatMap((column, place) =>
    column.parts.flatMap((part) => {
      const kl = part.arm.results.summary[split]?.kl ?? null;
      const figure = reportedFigures([{ ...column, parts: [part] }]).find((row) => isSame(row, key))
        ?.figures[0];
      if (kl === null || !figure || figure.value === null) return [];
      const { value, low, high } = figure;
      return [{ column: place, seed: part.run.seed, kl, value, low, high }];
    }),
  );
}

export const isSame = (a: FigureKey, b: FigureKey): boolean =>
  a.evaluation === b.evaluation && a.name === b.name && a.group === b.group;
