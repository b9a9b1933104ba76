import { expect, test } from 'vitest';
import type { StepEvent, StudyEvent } from '../../../src/lab/events.ts';
import { resolveExperiment } from '../../../src/lab/experiment/experiment.ts';
import { RunFold } from '../../../src/lab/state/run-state.ts';
import { asMeasured, asTrained, asWatched } from '../../../src/ui/state/as-of.ts';
import { stepEvent } from '../lab/scripted-study.ts';

const row = (arm: string): StudyEvent => ({
  type: 'row',
  row: {
    ...{ arm, split: 'train', family: 'beta', id: 'beta_1' },
    ...{ kl: 1, tv: 1, js: 1, valid_mass: 1, wasserstein_1: 1, reference_logit_kl: 1 },
  },
});

test('P4: scores and answers are made once for all of a long training, the loss once for each reading', () => {
  const fold = new RunFold(resolveExperiment({ evaluation: { drift: false } }));
  const looks = { measured: asMeasured(), trained: asTrained(), watched: asWatched() };
  const made = { measured: new Set(), trained: new Set(), watched: new Set() };
  const look = () => {
    const { state } = fold;
    for (const part of ['measured', 'trained', 'watched'] as const) {
      made[part].add(looks[part](state));
    }
  };
  look();
  fold.add(row('base'));
  look();
  for (let step = 1; step <= 20_000; step++) {
    fold.add({ ...(stepEvent(step) as StepEvent), loss: step % 5 === 0 ? 1 : null });
    look();
  }
  expect(made.measured.size).toBe(2);
  expect(made.watched.size).toBe(1);
  expect(made.trained.size).toBe(1 + 4000);
  fold.add(row('soft'));
  look();
  expect(made.measured.size).toBe(3);
  expect(looks.measured(fold.state).arms.map(({ rows }) => rows.length)).toEqual([1, 1, 0]);
});
