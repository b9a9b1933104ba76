import { expect, test } from 'vitest';
import type { EvaluationRow } from '../../../src/lab/events.ts';
import type { Split } from '../../../src/lab/experiment/experiment.ts';
import { comparedToBase, storyOf } from '../../../src/ui/text/story.ts';
import { stepEvent } from '../lab/scripted-study.ts';

const row = (arm: string, split: Split, kl: number): EvaluationRow => ({
  arm,
  split,
  family: 'gaussian',
  id: 'x',
  kl,
  tv: 0.6,
  js: 0.1,
  valid_mass: 0.9,
  wasserstein_1: 1,
  reference_logit_kl: null,
});
const arms = [
  { name: 'base', method: 'none', last: null, losses: [] },
  { name: 'soft', method: 'soft', last: stepEvent(200) as never, losses: [] },
] as const;

test('P13: a story tells first whether it came closer, then which share would have to change', () => {
  const rows = [
    row('base', 'train', 2),
    row('base', 'test_unseen_params', 3),
    row('base', 'test_ood_family', 1),
    { ...row('soft', 'train', 0.1), tv: 0.12 },
    { ...row('soft', 'test_unseen_params', 1), tv: 0.3 },
    { ...row('soft', 'test_ood_family', 2), tv: 0.75 },
  ];
  expect(storyOf(arms, rows)).toEqual([
    'The answers came closer to what was asked than the untouched model’s.',
    'After 200 steps, 12 % of soft’s answers would have to change on trained prompts (60 % before), 30 % on unseen parameters (60 % before) and 75 % on families never trained on (60 % before).',
  ]);
});

test('of several arms it names the closest on each kind of prompt, and those that are as close', () => {
  const both = [...arms, { ...arms[1], name: 'hard', method: 'hard' }] as const;
  const rows = [
    row('base', 'train', 2),
    row('base', 'test_unseen_params', 2),
    row('base', 'test_ood_family', 2),
    { ...row('soft', 'train', 1), tv: 0.2 },
    { ...row('hard', 'train', 1), tv: 0.1 },
    { ...row('soft', 'test_unseen_params', 1), tv: 0.4 },
    { ...row('hard', 'test_unseen_params', 1), tv: 0.3 },
    { ...row('soft', 'test_ood_family', 1), tv: 0.502 },
    { ...row('hard', 'test_ood_family', 1), tv: 0.498 },
  ];
  expect(storyOf(both, rows)[0]).toBe(
    'Every arm came closer to what was asked than the untouched model: hard closest on trained ' +
      'prompts and on unseen parameters, soft and hard equally close on families never trained on.',
  );
  const worse = rows.map((one) => (one.arm === 'soft' ? { ...one, tv: 0.7 } : one));
  expect(storyOf(both, worse)[0]).toMatch(/^1 of 2 arms came closer to .* model: hard closest on/);
  expect(
    storyOf(
      both,
      rows.filter(({ arm }) => arm !== 'base'),
    )[0],
  ).toMatch(/^Side by side: hard closest on trained prompts and /);
});

test('while an arm is scored, the first of its prompts say nothing of the others', () => {
  const rows = [
    row('base', 'train', 2),
    { ...row('base', 'train', 2), id: 'y' },
    { ...row('soft', 'train', 0.1), tv: 0.1 },
  ];
  expect(storyOf(arms, rows)).toEqual([expect.stringMatching(/^Before training, 60 % of/)]);
});

test('a story does not hide that valid answers became rarer', () => {
  const rows = [
    row('base', 'train', 2),
    row('base', 'test_ood_family', 2),
    { ...row('soft', 'train', 1), valid_mass: 0.8 },
    { ...row('soft', 'test_ood_family', 1), valid_mass: 0.5 },
  ];
  expect(storyOf(arms, rows)[1]).toMatch(
    /\. The price: valid answers became rarer, 90 % → 50 % on families never trained on\.$/,
  );
});

test('nothing scored, nothing told; without a base there is nothing to compare with', () => {
  expect(storyOf(arms, [])).toEqual([]);
  expect(storyOf(arms.slice(1), [row('soft', 'train', 0.1)])).toEqual([
    'After 200 steps, 60 % of soft’s answers would have to change on trained prompts.',
  ]);
});

test('changes are factors for divergences and points for shares', () => {
  expect(comparedToBase('kl', 2, 0.1)).toEqual({ text: '÷ 20', better: true });
  expect(comparedToBase('wasserstein_1', 1, 3)).toEqual({ text: '× 3.0', better: false });
  expect(comparedToBase('tv', 0.6, 0.1)).toEqual({ text: '−50 pts', better: true });
  expect(comparedToBase('valid_mass', 0.9, 0.95)).toEqual({ text: '+5.0 pts', better: true });
  expect(comparedToBase('kl', 1, 1)).toBeNull();
  expect(comparedToBase('kl', null, 1)).toBeNull();
  expect(comparedToBase('kl', 0, 1)).toBeNull();
});
