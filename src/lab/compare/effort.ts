// What training a column took: steps, tokens, seconds, and where its loss began and ended.
import type { Column, ColumnPart } from './columns.ts';

/** Means over a column's seeds; null where nothing was trained or recorded. */
export interface Effort {
  readonly steps: number | null;
  readonly promptTokens: number | null;
  readonly answerTokens: number | null;
  readonly seconds: number | null;
  /** In nats: the first that was read back, and the mean of the last tenth of those. */
  readonly firstLoss: number | null;
  readonly finalLoss: number | null;
}

export function effortOf({ parts }: Column): Effort {
  const mean = (figure: (training: Training) => number | undefined) => {
    const known = parts.flatMap(({ arm }) => {
      const value = arm.results.training && figure(arm.results.training);
      return value !== undefined && Number.isFinite(value) ? [value] : [];
    });
    return known.length === 0 ? null : known.reduce((sum, x) => sum + x, 0) / known.length;
  };
  return {
    steps: mean(({ steps }) => steps),
    promptTokens: mean((training) => training.prompt_tokens),
    answerTokens: mean((training) => training.answer_tokens),
    seconds: mean(({ seconds }) => seconds),
    firstLoss: mean(({ loss }) => loss[0]?.[1]),
    finalLoss: mean(({ loss }) => meanOfLastTenth(loss)),
  };
}

type Training = NonNullable<ColumnPart['arm']['results']['training']>;

/** A single batch says little. */
function meanOfLastTenth(loss: Training['loss']): number | undefined {
  const last = loss.slice(-Math.ceil(loss.length / 10));
  return last.length === 0 ? undefined : last.reduce((sum, [, x]) => sum + x, 0) / last.length;
}
