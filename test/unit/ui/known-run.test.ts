import { expect, test } from 'vitest';
import { resolveExperiment } from '../../../src/lab/experiment/experiment.ts';
import type { StoredRun } from '../../../src/lab/runs/run-store.ts';
import { knownRun } from '../../../src/ui/state/known-run.ts';

const known = (run: unknown) => knownRun(run as StoredRun);

test('a run of this version is listed as it is', () => {
  const run: StoredRun = {
    ...{ id: 'a', name: 'mine', createdAt: 1, updatedAt: 2, status: 'done' },
    ...{ environment: null, error: null, headline: { soft: { kl: 1, tv: 0.5, valid_mass: 1 } } },
    experiment: resolveExperiment({}),
  };
  expect(known(run)).toEqual(run);
});

test('what another version left out is filled in, so that it can be listed', () => {
  expect(known({ id: 'a' })).toMatchObject({
    ...{ id: 'a', name: 'a run without a name', createdAt: 0, headline: {} },
    experiment: { arms: [] },
  });
  const arms = [{ name: 'mixed', method: 'mixture' }, { method: 'soft' }, null];
  const experiment = { seed: 3, arms, tails: 'fold' };
  expect(known({ id: 'a', createdAt: {}, headline: [], experiment })).toMatchObject({
    ...{ createdAt: 0, headline: {} },
    experiment: { seed: 3, tails: 'fold', arms: [{ name: 'mixed', method: 'mixture' }] },
  });
});
