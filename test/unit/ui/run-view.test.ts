import { expect, test } from 'vitest';
import type { StudyEvent } from '../../../src/lab/events.ts';
import { resolveExperiment } from '../../../src/lab/experiment/experiment.ts';
import { runState } from '../../../src/lab/state/run-state.ts';
import { momentsOf, shownTarget, watchedTarget } from '../../../src/ui/state/shown.ts';
import { looksOf } from '../../../src/charts/looks.ts';
import { samplingPrompt } from '../../../src/core/prompts/sampling-prompt.ts';
import { promptName } from '../../../src/ui/text/prompt-name.ts';
import { progressWords, timeLeft } from '../../../src/ui/text/progress-words.ts';
import { stepEvent } from '../lab/scripted-study.ts';

const experiment = resolveExperiment({ evaluation: { drift: false } });
const view = (...events: StudyEvent[]) => runState(experiment, events);
const phase = (more: Partial<Extract<StudyEvent, { type: 'phase' }>>): StudyEvent => ({
  type: 'phase',
  phase: 'loading',
  done: 1,
  total: 4,
  unit: 'bytes',
  ...more,
});
const target: StudyEvent = {
  type: 'target',
  id: 'coin',
  split: 'train',
  family: 'choices',
  prompt: 'Flip.',
  kind: 'choices',
  values: ['heads', 'tails'],
  probabilities: [0.5, 0.5],
};
const snapshot = (arm: string, step: number, heads: number): StudyEvent => ({
  type: 'snapshot',
  arm,
  id: 'coin',
  step,
  probabilities: [heads, 0.9 - heads],
  invalidMass: 0.1,
});

test('stages fill by their own totals, and a later one completes those before it', () => {
  const done = (...events: StudyEvent[]) => view(...events).stages.map((stage) => stage.done);
  expect(view().stages.map(({ kind, arm }) => [kind, arm])).toEqual([
    ['load', undefined],
    ['score', 'base'],
    ['train', 'soft'],
    ['score', 'soft'],
    ['train', 'hard'],
    ['score', 'hard'],
  ]);
  expect(done(phase({}))).toEqual([0.25, 0, 0, 0, 0, 0]);
  expect(done(phase({}), phase({ total: 0 }))[0]).toBe(0.25);
  expect(done(stepEvent(500))).toEqual([1, 1, 0.5, 0, 0, 0]);
  expect(done(phase({ phase: 'scoring', arm: 'hard', done: 1 }))).toEqual([1, 1, 1, 1, 1, 0.25]);
  expect(done({ type: 'done', seconds: 3 })).toEqual([1, 1, 1, 1, 1, 1]);
});

test('losses collect per arm, where they were read back', () => {
  const skipped = { ...stepEvent(2), loss: null } as StudyEvent;
  const soft = view(stepEvent(1), skipped, stepEvent(4)).arms[1];
  expect(soft?.losses).toEqual([
    { step: 1, loss: 1 },
    { step: 4, loss: 0.25 },
  ]);
  expect(soft?.last).toMatchObject({ step: 4, answerTokens: 4 });
});

test('a target shows every arm as it was at a moment', () => {
  const { targets } = view(
    target,
    target,
    snapshot('base', 0, 0.9),
    snapshot('soft', 10, 0.7),
    snapshot('soft', 20, 0.46),
  );
  expect(targets).toHaveLength(1);
  const [coin] = targets;
  if (!coin) throw new Error('there is no target');
  expect(momentsOf(coin)).toEqual([0, 10, 20]);
  const heads = (step: number | null) =>
    shownTarget(coin, ['base', 'soft', 'hard'], looksOf(experiment.arms), step).arms.map(
      ({ name, probabilities }) => [name, probabilities[0]],
    );
  expect(heads(null)).toEqual([
    ['base', 0.9],
    ['soft', 0.46],
  ]);
  expect(heads(15)).toEqual([
    ['base', 0.9],
    ['soft', 0.7],
  ]);
  expect(heads(0)).toEqual([['base', 0.9]]);
});

test('the progress line says what happens and how long it takes', () => {
  expect(progressWords(view(), 'running')).toBe('starting');
  const loading = view(phase({ done: 1.5e6, total: 6e6 }));
  expect(progressWords(loading, 'running')).toBe('loading the model, 1.5 MB of 6.0 MB');
  const training = view(
    phase({ phase: 'training', arm: 'soft', unit: 'steps', secondsLeft: 200 }),
    stepEvent(20),
  );
  expect(progressWords(training, 'running')).toBe('training soft, step 20 of 1,000');
  expect(progressWords(training, 'paused')).toBe('Paused: training soft, step 20 of 1,000');
  const alone = (seconds: number) => seconds;
  expect(timeLeft(training, alone)).toBe('about 3 min left');
  expect(timeLeft(training, (seconds) => 3 * seconds)).toBe('about 10 min left');
  expect(timeLeft(loading, alone)).toBeNull();
});

test('the time left is the whole run’s, or the least of it while a kind of work has not been timed', () => {
  const least = { arm: 'soft', secondsAtLeast: 100 } as const;
  const scoring = view(phase({ phase: 'scoring', unit: 'prompts', ...least }));
  expect(timeLeft(scoring, (seconds) => seconds)).toBeNull();
  const training = view(phase({ phase: 'training', unit: 'steps', ...least }), stepEvent(20));
  expect(timeLeft(training, (seconds) => seconds)).toBe('more than 2 min left');
});

test('the prompt that will be watched is shown from the first, not whichever was scored before it', () => {
  const scored = (id: string, prompt: string, looks: number) => ({
    ...({
      type: 'target',
      id,
      split: 'train',
      family: 'beta',
      prompt,
      kind: 'continuous',
    } as const),
    ...{ values: [], probabilities: [] },
    snapshots: { base: Array(looks).fill({ step: 0, probabilities: [], invalidMass: 0 }) },
  });
  const targets = [scored('long', 'p=0.123', 1), scored('short', 'p=1', 0)];
  expect(watchedTarget(targets)?.id).toBe('short');
  const trained = [scored('long', 'p=0.123', 5), scored('short', 'p=1', 1)];
  expect(watchedTarget(trained)?.id).toBe('long');
});

test('a prompt is named by what it asks for', () => {
  const prompt = samplingPrompt('student_t', { nu: 2.75 });
  expect(promptName({ family: 'student_t', id: 'x', prompt })).toBe("Student's t: nu = 2.75");
  const words = 'Pick a random fruit. Output ONLY the answer.';
  expect(promptName({ family: 'fruit', id: 'x', prompt: words })).toBe(words);
  expect(promptName({ family: 'fruit', id: 'x', prompt: '' })).toBe('x');
});
