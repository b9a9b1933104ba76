import { expect, test } from 'vitest';
import { columnsOf } from '../../../../src/lab/compare/columns.ts';
import { comparedPrompts } from '../../../../src/lab/compare/compared-prompts.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { partOf, stored } from './stored.ts';

const target = (id: string, values = ['heads', 'tails']): StudyEvent => ({
  ...{ type: 'target', id, split: 'train', family: 'choices', prompt: `Flip ${id}.` },
  ...{ kind: 'choices', values, probabilities: values.map(() => 1 / values.length) },
});
const snapshot = (arm: string, id: string, probabilities: number[]): StudyEvent => ({
  ...{ type: 'snapshot', arm, id, step: 1, probabilities },
  invalidMass: 1 - probabilities.reduce((a, b) => a + b, 0),
});

test('answers to one prompt are laid over one another, means over seeds, shared prompts first', () => {
  const run = (seed: number, ...events: StudyEvent[]) =>
    readRun(stored(`r${seed}`, { seed }), [target('mine'), target('coin'), ...events]);
  const first = run(
    1,
    snapshot('soft', 'mine', [0.5, 0.5]),
    snapshot('soft', 'coin', [0.9, 0.1]),
    snapshot('soft', 'coin', [0.25, 0.5]),
    snapshot('base', 'coin', [1, 0]),
    snapshot('base', 'gone', [1, 0]),
    snapshot('base', 'mine', [1]),
  );
  const second = run(2, snapshot('soft', 'coin', [0.75, 0.25]));
  const columns = columnsOf(
    [partOf(first, 'base'), partOf(first, 'soft'), partOf(second, 'soft')],
    true,
  );
  const prompts = comparedPrompts(columns);
  expect(prompts.map(({ target }) => target.id)).toEqual(['coin', 'mine']);
  expect(prompts[0]!.answers).toMatchObject([
    { probabilities: [1, 0], invalidMass: 0 },
    { probabilities: [0.5, 0.375], invalidMass: 0.125 },
  ]);
  expect(prompts[1]!.answers).toMatchObject([null, { probabilities: [0.5, 0.5] }]);
});

test('prompts of one name over other answers are not laid over one another', () => {
  const part = (id: string, values: string[]) => {
    const even = values.map(() => 1 / values.length);
    const run = readRun(stored(id), [target('choices', values), snapshot('soft', 'choices', even)]);
    return partOf(run, 'soft');
  };
  const columns = columnsOf([part('a', ['yes', 'no']), part('b', ['red', 'blue'])], true);
  expect(comparedPrompts(columns)).toHaveLength(2);
});
