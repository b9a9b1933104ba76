import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../../../src/lab/compare/columns.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import {
  klByCharacter,
  klByPosition,
  prefixGroups,
} from '../../../../src/lab/compare/kl-by-position.ts';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { partOf, row, stored } from './stored.ts';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('KL by character', () => {
  test('splits by the chain rule, the end of an answer being a character', () => {
    // Prefixes "1" (then its end, or "0") and "2".
    const target = [0.25, 0.25, 0.5];
    const probabilities = [0.1, 0.3, 0.4];
    const { positions, invalid } = klByCharacter(prefixGroups(['1', '10', '2']), target, {
      probabilities,
    })!;
    const first = 0.5 * Math.log(0.5 / 0.5) + 0.5 * Math.log(0.5 / 0.5);
    const second = 0.5 * (0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75));
    expect(positions).toHaveLength(3);
    expect(positions[0]).toBeCloseTo(first, 12);
    expect(positions[1]).toBeCloseTo(second, 12);
    expect(positions[2]).toBeCloseTo(0, 12);
    expect(invalid).toBeCloseTo(-Math.log(0.8), 12);
  });

  test('adds up to the KL of whole answers', () => {
    const values = ['-1.5', '-1.0', '0.0', '1.0', '1.5', '10.0'];
    const target = [0.1, 0.2, 0.3, 0.2, 0.15, 0.05];
    const probabilities = [0.3, 0.02, 0.1, 0.05, 0.2, 0.001];
    const { positions, invalid } = klByCharacter(prefixGroups(values), target, { probabilities })!;
    const whole = sum(target.map((p, i) => p * Math.log(p / probabilities[i]!)));
    expect(sum(positions) + invalid).toBeCloseTo(whole, 12);
    expect(Math.min(...positions)).toBeGreaterThanOrEqual(0);
  });

  test('does not exist where an answer is ruled out', () => {
    const prefixes = prefixGroups(['a', 'b']);
    expect(klByCharacter(prefixes, [0.5, 0.5], { probabilities: [1, 0] })).toBeNull();
    expect(klByCharacter(prefixes, [1, 0], { probabilities: [0.5, 0] })).not.toBeNull();
    expect(klByCharacter(prefixes, [0.5, 0.5], { probabilities: [0, 0] })).toBeNull();
  });
});

const target: StudyEvent = {
  ...{ type: 'target', id: 'coin', split: 'train', family: 'choices', prompt: 'Flip.' },
  ...{ kind: 'choices', values: ['heads', 'tails'], probabilities: [0.5, 0.5] },
};
const snapshot = (arm: string, step: number, heads: number): StudyEvent => ({
  ...{ type: 'snapshot', arm, id: 'coin', step },
  ...{ probabilities: [heads, 0.9 - heads], invalidMass: 0.1 },
});
const depths = (arm: string, id: string, kl_by_depth: unknown) =>
  row(arm, id, 1, { kl_by_depth } as object);

test('the last answers count, and a column without answers has no positions', () => {
  const run = readRun(stored('x'), [
    target,
    snapshot('soft', 0, 0.8),
    snapshot('soft', 10, 0.45),
    row('soft', 'coin', 1),
    row('hard', 'coin', 1),
  ]);
  const columns = columnsOf([partOf(run, 'soft'), partOf(run, 'hard')], true);
  const { unit, kl, invalid } = klByPosition(columns, 'train')!;
  expect(unit).toBe('characters');
  expect(kl[0]).toHaveLength(6);
  expect(sum(kl[0]!)).toBeCloseTo(0, 12);
  expect(kl[1]).toEqual([]);
  expect(invalid[0]).toBeCloseTo(-Math.log(0.9), 12);
  expect(invalid[1]).toBeNull();
  expect(klByPosition(columns, 'test_ood_family')).toBeNull();
});

test('depths that all rows carry are averaged over families, shorter answers adding nothing', () => {
  const run = readRun(stored('x'), [
    depths('soft', 'gaussian_a', [1, 2]),
    depths('soft', 'gaussian_b', [3, 0]),
    depths('soft', 'poisson_a', [4]),
    depths('hard', 'poisson_a', ['no']),
  ]);
  const soft = klByPosition(columnsOf([partOf(run, 'soft')], true), 'train');
  expect(soft).toEqual({ unit: 'tokens', kl: [[3, 0.5]], invalid: [null] });
  const both = columnsOf([partOf(run, 'soft'), partOf(run, 'hard')], true);
  expect(klByPosition(both, 'train')).toBeNull();
});
