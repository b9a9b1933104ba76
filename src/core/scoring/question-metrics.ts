// Where a model puts the right answer of multiple-choice questions: counts per letter against uniform.
import { LETTERS, type ParsedQuestion } from '../parsing/multiple-choice.ts';
import { chiSquareTail } from './chi-square.ts';

export interface QuestionMetrics {
  readonly samples: number;
  readonly parseable: number;
  /** Of all samples; null without samples. */
  readonly parseRate: number | null;
  readonly validAnswers: number;
  readonly validAnswerRate: number | null;
  readonly uniqueOptionsRate: number | null;
  /** Of the parseable questions, in the order A, B, C, D; frequencies are 0 if there are none. */
  readonly counts: readonly number[];
  readonly frequencies: readonly number[];
  /** Against the uniform distribution; null if nothing could be parsed (the reference says 0, p-value 1). */
  readonly chiSquare: number | null;
  readonly pValue: number | null;
  readonly totalVariation: number | null;
  readonly largestDeviation: number | null;
}

export function questionMetrics(questions: readonly ParsedQuestion[]): QuestionMetrics {
  const samples = questions.length;
  const rate = (count: number) => (samples === 0 ? null : count / samples);
  const parseable = questions.filter((question) => question.isParseable);
  const n = parseable.length;
  const counts = LETTERS.map(
    (letter) => parseable.filter((question) => question.correctAnswer === letter).length,
  );
  const frequencies = counts.map((count) => (n === 0 ? 0 : count / n));
  const deviations = frequencies.map((frequency) => Math.abs(frequency - 1 / LETTERS.length));
  const expected = n / LETTERS.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const defined = (x: number) => (n === 0 ? null : x);
  const validAnswers = questions.filter((question) => question.hasValidCorrectAnswer).length;
  return {
    samples,
    parseable: n,
    parseRate: rate(n),
    validAnswers,
    validAnswerRate: rate(validAnswers),
    uniqueOptionsRate: rate(questions.filter((question) => question.uniqueOptions).length),
    counts,
    frequencies,
    chiSquare: defined(chiSquare),
    pValue: n === 0 ? null : chiSquareTail(chiSquare, LETTERS.length - 1),
    totalVariation: defined(deviations.reduce((sum, d) => sum + d, 0) / 2),
    largestDeviation: defined(Math.max(...deviations)),
  };
}
