// `--weights`: how a command keeps the matrices of its model.
import { beforeAll, expect, test } from 'vitest';
import { readExperiment } from '../../../../cli/experiment-options.ts';
import { lab, result } from '../run.ts';

const BETA = ['exact', '--family', 'beta', '--params', 'alpha=2,beta=5'];

interface Exact {
  readonly kl: number;
  readonly valid_mass: number;
}

let stored: Exact;
beforeAll(async () => {
  stored = await result<Exact>(BETA);
});

test.each([
  ['int8', 0.002],
  ['int4', 0.05],
] as const)('%s scores nearly what the stored weights do', async (weights, tolerance) => {
  const scores = await result<Exact>([...BETA, '--weights', weights]);
  expect(scores.kl).not.toBe(stored.kl);
  expect(Math.abs(scores.kl / stored.kl - 1)).toBeLessThan(tolerance);
});

test('stored is the default', async () => {
  expect(await result<Exact>([...BETA, '--weights', 'stored'])).toEqual(stored);
});

test('others are refused by their name', async () => {
  const { status, errors } = await lab([...BETA, '--weights', 'int5']);
  expect(status).toBe(2);
  expect(errors).toMatch(/^error: --weights .*stored.*int8.*int4.*\n$/);
});

test("it takes the place of an experiment's", async () => {
  const others = { model: undefined, seed: undefined, seeds: undefined };
  const files = { open: undefined, novelty: undefined, questions: undefined, texts: undefined };
  const read = (config: object, weights?: 'stored' | 'int8' | 'int4') =>
    readExperiment({ ...others, ...files, config: JSON.stringify(config), weights });
  expect((await read({ weights: 'int8' })).weights).toBe('int8');
  expect((await read({ weights: 'int8' }, 'int4')).weights).toBe('int4');
  expect((await read({}, 'int8')).weights).toBe('int8');
  await expect(read({ weights: 'int2' })).rejects.toThrow(/weights/);
});
