// Perplexity: how well a model predicts texts, in bits per byte and per token.
import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import { percentileInterval } from '../core/scoring/bootstrap.ts';
import { counted, roundly } from './counted.ts';
import { defineEvaluation } from './evaluation.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import { ownTexts, type Document } from './perplexity/documents.ts';
import { PASSAGE_DOCUMENTS } from './perplexity/passages.ts';
import { reportFigure, type EvaluationReport, type Figure } from './report.ts';
import { heard, evaluatedInOrder, type RunOptions } from './run.ts';

export interface PerplexityOptions extends RunOptions {
  /** Tokens that a prediction may look back on, at least 2; 2,048. */
  readonly window?: number;
  /** Tokens by which the window moves on, at most its size; 1,024. */
  readonly stride?: number;
}

export interface PerplexityRow {
  readonly id: string;
  /** Of the text in UTF-8. */
  readonly bytes: number;
  /** That were scored: the first one of a text has nothing before it. */
  readonly tokens: number;
  /** In nats, over the scored tokens. */
  readonly log_probability: number;
  readonly bits_per_byte: number | null;
  readonly perplexity: number | null;
}

export interface PerplexitySettings {
  readonly window: number;
  readonly stride: number;
  readonly seed: number;
}

export type PerplexityReport = EvaluationReport<PerplexitySettings, PerplexityRow>;

type Totals = Pick<PerplexityRow, 'bytes' | 'tokens' | 'log_probability'>;

/**
 * Every text by itself; figures are of all texts together, long ones counting more. Bits per byte
 * compare models with different tokenizers, perplexities per token do not.
 * @throws InputError for a window or stride out of range
 */
export async function evaluatePerplexity(
  model: Pick<EvaluatedModel, 'textLogProbability'>,
  documents: readonly Document[],
  options: PerplexityOptions,
): Promise<PerplexityReport> {
  const { window = 2048, stride = 1024, seed } = options;
  checkRange('window', window, 2, 2 ** 20);
  checkRange('stride', stride, 1, window);
  const settings = { window, stride, ...heard(options) };
  const encoder = new TextEncoder();
  const rows = await evaluatedInOrder(
    documents,
    options,
    async ({ id, text }): Promise<PerplexityRow> => {
      const { logProbability, tokens } = await model.textLogProbability(text, settings);
      const totals = {
        bytes: encoder.encode(text).length,
        tokens,
        log_probability: logProbability,
      };
      return { id, ...totals, bits_per_byte: bitsPerByte(totals), perplexity: perTokens(totals) };
    },
  );
  return {
    evaluation: 'perplexity',
    settings: { window, stride, seed },
    figures: [
      ratio('bits_per_byte', rows, bitsPerByte, seed),
      ratio('perplexity', rows, perTokens, seed),
    ],
    rows,
  };
}

function checkRange(field: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new InputError(
    `perplexity: ${field} is ${value}`,
    `Give a whole number from ${low} to ${high}.`,
    field,
  );
}

/** A figure of all texts together, with its bootstrap interval over texts. */
function ratio(
  name: string,
  rows: readonly PerplexityRow[],
  of: (totals: Totals) => number | null,
  seed: number,
): Figure {
  const value = of(together(rows));
  const interval =
    rows.length < 2
      ? null
      : percentileInterval(
          (random) => of(together(rows.map(() => rows[random.integer(rows.length)]!))),
          { seed },
        );
  const note = value === null ? 'no token could be scored' : null;
  return reportFigure(name, value, rows.length, { interval, note });
}

function together(rows: readonly Totals[]): Totals {
  const sum = (of: (row: Totals) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    bytes: sum((row) => row.bytes),
    tokens: sum((row) => row.tokens),
    log_probability: sum((row) => row.log_probability),
  };
}

const bitsPerByte = ({ bytes, tokens, log_probability }: Totals) =>
  bytes === 0 || tokens === 0 ? null : -log_probability / Math.LN2 / bytes;

const perTokens = ({ tokens, log_probability }: Totals) =>
  tokens === 0 ? null : Math.exp(-log_probability / tokens);

/** Tokens that a prediction may look back on; fewer where the model reads fewer. */
const WINDOW = 2048;

export const perplexity = defineEvaluation({
  key: 'perplexity',
  title: 'Perplexity',
  note: 'How well it predicts text.',
  measures: 'abilities',
  settings: { perplexity: v.optional(v.boolean('true or false'), false) },
  data: { texts: ownTexts },
  figures: {
    bits_per_byte: { unit: 'bits', better: 'lower' },
    perplexity: { unit: null, better: 'lower' },
  },
  plan: ({ data }) => data.texts ?? PASSAGE_DOCUMENTS,
  cost(texts) {
    const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
    return {
      words: `${counted(texts.length, 'text')}, ${roundly(characters)} characters`,
      calls: texts.length,
    };
  },
  run(model, texts, run) {
    const window = Math.min(WINDOW, model.longestText ?? WINDOW);
    return evaluatePerplexity(model, texts, { ...run, window, stride: Math.floor(window / 2) });
  },
});
