// Where in an answer the model goes wrong: KL split up by the answer's position.
import { familyBalancedMean, type MeasuredPrompt } from '../../core/scoring/bootstrap.ts';
import type { EvaluationRow, TargetEvent } from '../events.ts';
import type { Split } from '../experiment/experiment.ts';
import type { Column, ColumnPart } from './columns.ts';
import type { ComparedAnswers } from './compared-run.ts';

/** `tokens`: nodes of the trie by their depth. `characters`: of the answers' texts. */
export type PositionUnit = 'tokens' | 'characters';

export interface PositionedKl {
  readonly unit: PositionUnit;
  /** [columns][positions] nats, family-balanced; empty where a column has nothing to split up. */
  readonly kl: readonly (readonly number[])[];
  /** [columns] nats lost to answers that are none; null where tokens already count them. */
  readonly invalid: readonly (number | null)[];
}

/**
 * Rows may carry `kl_by_depth` [depths], the nats lost at nodes of each depth; if those of all
 * columns do, that is shown. Otherwise KL(target || model) is split by the chain rule over the
 * characters of an answer and its end, given that the model gives an answer at all; minus the log of
 * the probability of that is what invalid answers cost, and all of it adds up to the KL of the row.
 */
export function klByPosition(columns: readonly Column[], split: Split): PositionedKl | null {
  const byDepth = columns.map((column) => perPrompt(column, split, depthsOf));
  const measured = byDepth.filter((prompts) => prompts.length > 0);
  const unit: PositionUnit = measured.length === columns.length ? 'tokens' : 'characters';
  const parts =
    unit === 'tokens'
      ? byDepth
      : columns.map((column) => perPrompt(column, split, charactersOf(new Map())));
  if (parts.every((prompts) => prompts.length === 0)) return null;
  return {
    unit,
    kl: parts.map((prompts) => {
      const longest = Math.max(0, ...prompts.map(({ positions }) => positions.length));
      return Array.from({ length: longest }, (_, i) =>
        balanced(prompts, ({ positions }) => positions[i] ?? 0),
      );
    }),
    invalid: parts.map((prompts) =>
      unit === 'tokens' || prompts.length === 0 ? null : balanced(prompts, (p) => p.invalid),
    ),
  };
}

interface SplitKl {
  readonly positions: readonly number[];
  readonly invalid: number;
}
type Splitter = (part: ColumnPart, row: Row) => SplitKl | null;
type Row = Omit<EvaluationRow, 'arm'>;

function perPrompt({ parts }: Column, split: Split, splitUp: Splitter) {
  return parts.flatMap((part) =>
    part.arm.results.exact
      .filter((row) => row.split === split)
      .flatMap((row) => {
        const result = splitUp(part, row);
        return result ? [{ family: row.family, ...result }] : [];
      }),
  );
}

const depthsOf: Splitter = (_, row) => {
  // A stored row is what it claims to be only where this version checks it.
  const depths: unknown = row.kl_by_depth;
  if (!Array.isArray(depths) || !depths.every(Number.isFinite)) return null;
  return { positions: depths as number[], invalid: 0 };
};

/** @param places what was worked out about a target's texts, shared between arms */
function charactersOf(places: Map<TargetEvent, Int32Array[]>): Splitter {
  return ({ run, arm }, { id }) => {
    const target = run.targets.get(id);
    const answers = arm.answers.get(id);
    if (!target || answers?.probabilities.length !== target.values.length) return null;
    const prefixes = places.get(target) ?? prefixGroups(target.values);
    places.set(target, prefixes);
    return klByCharacter(prefixes, target.probabilities, answers);
  };
}

/**
 * [positions][answers] which prefix each answer has, up to and with a position; prefixes are
 * numbered per position. An answer's end is a character, after which it stays in its last prefix.
 */
export function prefixGroups(values: readonly string[]): Int32Array[] {
  const longest = Math.max(...values.map((value) => value.length));
  return Array.from({ length: longest + 1 }, (_, position) => {
    const numbers = new Map<string, number>();
    return Int32Array.from(values, (value) => {
      const prefix = value.length > position ? value.slice(0, position + 1) : `${value}\n`;
      const number = numbers.get(prefix) ?? numbers.size;
      numbers.set(prefix, number);
      return number;
    });
  });
}

/** Null if the model rules out an answer, or gives none at all: then there is no finite KL. */
export function klByCharacter(
  prefixes: readonly Int32Array[],
  target: readonly number[],
  { probabilities }: Pick<ComparedAnswers, 'probabilities'>,
): SplitKl | null {
  const valid = probabilities.reduce((sum, q) => sum + q, 0);
  if (!(valid > 0) || target.some((p, i) => p > 0 && !(probabilities[i]! > 0))) return null;
  let before = 0;
  const positions = prefixes.map((groups) => {
    const upTo = groupedKl(groups, target, probabilities, valid);
    const here = upTo - before;
    before = upTo;
    return Math.max(0, here); // rounding may leave an ulp below 0
  });
  return { positions, invalid: Math.max(0, -Math.log(valid)) };
}

/** KL(target || model given a valid answer) of the answers' prefixes. */
function groupedKl(
  groups: Int32Array,
  target: readonly number[],
  probabilities: readonly number[],
  valid: number,
): number {
  const size = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const p = new Float64Array(size);
  const q = new Float64Array(size);
  groups.forEach((group, answer) => {
    p[group]! += target[answer]!;
    q[group]! += probabilities[answer]! / valid;
  });
  return p.reduce((sum, mass, i) => (mass > 0 ? sum + mass * Math.log(mass / q[i]!) : sum), 0);
}

function balanced<T extends { family: string }>(
  prompts: readonly T[],
  figure: (prompt: T) => number,
): number {
  const measured = prompts.map((prompt): MeasuredPrompt => ({
    family: prompt.family,
    values: [figure(prompt)],
  }));
  return familyBalancedMean(measured) ?? NaN;
}
