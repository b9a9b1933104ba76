// Arithmetic: how many sums, differences and products of one to three digits a model gets right.
import { inGroups } from '../core/in-groups.ts';
import { InputError } from '../core/errors.ts';
import { stripThinkingTrace } from '../core/parsing/thinking.ts';
import { randomStream } from '../core/random.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import { proportion, type EvaluationReport } from './report.ts';
import { evaluatedInOrder, type RunOptions } from './run.ts';

export type Operation = '+' | '-' | '*';

export interface ArithmeticOptions extends RunOptions {
  /** Problems for each operation and number of digits, without repetitions; 100. */
  readonly problems?: number;
  /** Digits of both operands; 1, 2 and 3. */
  readonly digits?: readonly number[];
  /** Only sums, which the built-in model was taught. */
  readonly operations?: readonly Operation[];
  /** Asks for the number only; false gives the bare question, as the built-in model was taught. */
  readonly instructed?: boolean;
  /** 32. */
  readonly maxTokens?: number;
}

export interface ArithmeticRow {
  readonly prompt: string;
  readonly operation: Operation;
  readonly digits: number;
  readonly expected: number;
  readonly answer: string;
  readonly correct: boolean;
}

export interface ArithmeticSettings {
  readonly problems: number;
  readonly digits: readonly number[];
  readonly operations: readonly Operation[];
  readonly instructed: boolean;
  readonly max_tokens: number;
  readonly seed: number;
}

export type ArithmeticReport = EvaluationReport<ArithmeticSettings, ArithmeticRow>;

type Problem = Pick<ArithmeticRow, 'prompt' | 'operation' | 'digits' | 'expected'>;

/** Prompts per call of the model, between which cancel is heard. */
const TOGETHER = 20;

/**
 * Answers are greedy. The last number of an answer counts, so that "12 + 34 = 46." is right.
 * @throws InputError for numbers of digits out of range
 */
export async function evaluateArithmetic(
  model: Pick<EvaluatedModel, 'greedy'>,
  options: ArithmeticOptions,
): Promise<ArithmeticReport> {
  const { problems = 100, digits = [1, 2, 3], operations = ['+'] } = options;
  const { instructed = true, maxTokens = 32, seed, signal } = options;
  const all = operations.flatMap((operation) =>
    digits.flatMap((count) => arithmeticProblems(operation, count, problems, instructed, seed)),
  );
  const answered = await evaluatedInOrder(inGroups(all, TOGETHER), options, async (batch) => {
    const prompts = batch.map(({ prompt }) => prompt);
    const answers = await model.greedy(prompts, maxTokens, signal);
    return batch.map((problem, i): ArithmeticRow => {
      const answer = answers[i]!;
      return { ...problem, answer, correct: lastNumber(answer) === problem.expected };
    });
  });
  const rows = answered.flat();
  const share = (chosen: readonly ArithmeticRow[], group: string | null) =>
    proportion(
      'arithmetic_accuracy',
      chosen.filter((row) => row.correct).length,
      chosen.length,
      group,
    );
  return {
    evaluation: 'arithmetic',
    settings: { problems, digits, operations, instructed, max_tokens: maxTokens, seed },
    figures: [
      share(rows, null),
      ...operations.flatMap((operation) =>
        digits.map((count) =>
          share(
            rows.filter((row) => row.operation === operation && row.digits === count),
            `${operation} ${count} ${count === 1 ? 'digit' : 'digits'}`,
          ),
        ),
      ),
    ],
    rows,
  };
}

/** How many problems `evaluateArithmetic` asks with these options, and in how many calls of the model. */
export function arithmeticSize({
  problems = 100,
  digits = [1, 2, 3],
  operations = ['+'],
}: Omit<ArithmeticOptions, keyof RunOptions>): { readonly asked: number; readonly calls: number } {
  const count = digits.reduce((sum, d) => sum + Math.min(problems, rangeOf(d).size ** 2), 0);
  const asked = operations.length * count;
  return { asked, calls: Math.ceil(asked / TOGETHER) };
}

/** The bare question of a problem. */
export function arithmeticQuestion(left: number, operation: Operation, right: number): string {
  return `What is ${left} ${operation} ${right}?`;
}

/**
 * Different pairs of operands, drawn at random; all of them where there are no more. A longer list
 * begins with every shorter one of the seed, so what follows the first `n` is disjoint from an
 * evaluation of `n` problems.
 */
export function operandPairs(
  operation: Operation,
  digits: number,
  count: number,
  seed: number,
): [left: number, right: number][] {
  const random = randomStream(seed, 'arithmetic', operation, digits);
  const { low, size } = rangeOf(digits);
  const pairs = new Set<number>();
  while (pairs.size < Math.min(count, size * size)) pairs.add(random.integer(size * size));
  return Array.from(pairs, (pair) => [low + Math.floor(pair / size), low + (pair % size)]);
}

function arithmeticProblems(
  operation: Operation,
  digits: number,
  count: number,
  instructed: boolean,
  seed: number,
): Problem[] {
  return operandPairs(operation, digits, count, seed).map(([left, right]) => {
    const question = arithmeticQuestion(left, operation, right);
    return {
      prompt: instructed ? `${question} Output ONLY the number.` : question,
      operation,
      digits,
      expected: { '+': left + right, '-': left - right, '*': left * right }[operation],
    };
  });
}

/** Operands of more digits would make numbers beyond what a generator of 32 bits draws at once. */
const MOST_DIGITS = 4;

/** The numbers of so many digits, 0 among those of one. */
function rangeOf(digits: number): { low: number; size: number } {
  if (!Number.isInteger(digits) || digits < 1 || digits > MOST_DIGITS) {
    throw new InputError(
      `arithmetic: digits holds ${digits}`,
      `Give whole numbers from 1 to ${MOST_DIGITS}.`,
      'digits',
    );
  }
  const low = digits === 1 ? 0 : 10 ** (digits - 1);
  return { low, size: 10 ** digits - low };
}

/** The last whole number of a text, with digits grouped by commas or not; NaN if there is none. */
function lastNumber(answer: string): number {
  const text = stripThinkingTrace(answer)
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
    .replace(/\u2212/g, '-');
  return Number(text.match(/(?:(?<![\d)])-)?\d+(?:\.\d+)?/g)?.at(-1) ?? NaN);
}
