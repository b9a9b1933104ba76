import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';

const refusal = (input: unknown) => {
  try {
    resolveExperiment(input);
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown;
    throw thrown;
  }
  throw new Error('the experiment was accepted');
};

const gaussian = (params: object) => ({ data: { distribution: { family: 'gaussian', params } } });

test('an empty object is the default experiment', () => {
  expect(resolveExperiment({})).toMatchObject({
    model: 'builtin',
    data: {
      families: 'paper',
      include_held_out: false,
      prompts_per_family: 20,
      decimals: 2,
      bins: 1001,
    },
    arms: [
      { name: 'base', method: 'none' },
      { name: 'soft', method: 'soft', paths: 16 },
      { name: 'hard', method: 'hard', answers: 16 },
    ],
    training: {
      steps: 400,
      batch: 8,
      weight_decay: 0.01,
      warmup: 0.03,
      lora: {
        rank: 16,
        alpha: 32,
        dropout: 0.05,
        targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
      },
    },
    evaluation: {
      splits: ['train', 'test_unseen_params', 'test_ood_family'],
      prompts_per_family: 1,
      samples: 0,
      open: false,
      mcq: false,
      novelty: false,
      retention: false,
      perplexity: false,
    },
    seed: 11,
  });
});

test('resolving again changes nothing', () => {
  const once = resolveExperiment({
    data: { decimals: 5 },
    arms: [{ method: 'soft', paths: 'trie' }],
  });
  expect(resolveExperiment(once)).toEqual(once);
});

test.each([
  [{ data: { bins: 1 } }, 'data.bins', 'data.bins is 1'],
  [{ data: { decimals: 13 } }, 'data.decimals', 'data.decimals is 13'],
  [{ data: { decimals: -1 } }, 'data.decimals', 'data.decimals is -1'],
  [{ data: { decimals: 1.5 } }, 'data.decimals', 'data.decimals is 1.5'],
  [{ data: { decimals: '2' } }, 'data.decimals', 'data.decimals is "2"'],
  [{ data: { decimals: NaN } }, 'data.decimals', 'data.decimals is NaN'],
  [{ data: { families: [] } }, 'data.families', 'data.families is []'],
  [{ data: { families: ['gaussian', 'gaussian'] } }, 'data.families.1', 'repeats "gaussian"'],
  [{ data: { familys: 'paper' } }, 'data.familys', 'not a setting'],
  [{ training: { preset: 'papers' } }, 'training.preset', 'training.preset is "papers"'],
  [{ training: { steps: 0 } }, 'training.steps', 'training.steps is 0'],
  [{ training: { learning_rate: 0 } }, 'training.learning_rate', 'is 0'],
  [{ training: { learning_rate: Infinity } }, 'training.learning_rate', 'is Infinity'],
  [{ training: { lora: { rank: 0 } } }, 'training.lora.rank', 'is 0'],
  [{ training: { lora: { dropout: 1 } } }, 'training.lora.dropout', 'is 1'],
  [{ training: { lora: [] } }, 'training.lora', 'training.lora is []'],
  [{ arms: [] }, 'arms', 'arms is []'],
  [{ arms: [{ method: 'softer' }] }, 'arms.0.method', 'arms.0.method is "softer"'],
  [{ arms: [{ name: 'a' }] }, 'arms.0.method', 'arms.0.method is missing'],
  [{ arms: [{ method: 'soft', paths: 0 }] }, 'arms.0.paths', 'arms.0.paths is 0'],
  [{ arms: [{ method: 'hard', answers: 'trie' }] }, 'arms.0.answers', 'is "trie"'],
  [{ arms: [{ method: 'soft' }, { method: 'soft' }] }, 'arms.1.name', 'repeats "soft"'],
  [{ arms: [{ method: 'soft', name: '../x' }] }, 'arms.0.name', 'arms.0.name is "../x"'],
  [{ evaluation: { splits: ['test'] } }, 'evaluation.splits.0', 'is "test"'],
  [{ seed: 1.5 }, 'seed', 'seed is 1.5'],
  [{ data: { choices: [] } }, 'data.choices', 'data.choices is []'],
  [
    { data: { choices: [{ value: 'heads' }, { value: 'heads' }] } },
    'data.choices.1.value',
    'repeats "heads"',
  ],
  [{ data: { choices: [{ value: ' ' }, { value: 'b' }] } }, 'data.choices.0.value', 'is " "'],
  [{ data: { choices: [{ value: 'a', weight: -1 }] } }, 'data.choices.0.weight', 'is -1'],
  [{ data: { choices: [{ value: 'a', weight: 0 }] } }, 'data.choices', 'weight 0'],
  [{ data: { prompt: 'Pick one.' } }, 'data.prompt', 'without data.choices'],
  [
    {
      data: {
        choices: [{ value: 'a' }, { value: 'b' }],
        distribution: { family: 'gaussian', params: { mu: 0, sigma: 1 } },
      },
    },
    'data.choices',
    'both given',
  ],
  [{ data: { families: ['gaussian', 'gausian'] } }, 'data.families.1', 'unknown family "gausian"'],
  [{ data: { distribution: { params: {} } } }, 'data.distribution.family', 'is missing'],
  [gaussian({ mu: 0, sigma: 0 }), 'data.distribution.params.sigma', 'sigma = 0'],
  [gaussian({ mu: 0 }), 'data.distribution.params.sigma', 'needs the parameter sigma'],
  [gaussian({ mu: 0, sigma: 1, nu: 2 }), 'data.distribution.params.nu', 'no parameter "nu"'],
  [gaussian({ mu: NaN, sigma: 1 }), 'data.distribution.params.mu', 'NaN'],
  [
    { data: { distribution: { family: 'binomial', params: { n: 2.5, p: 0.5 } } } },
    'data.distribution.params.n',
    'n = 2.5',
  ],
  [[], undefined, 'the experiment is []'],
  [null, undefined, 'the experiment is null'],
])('%j is refused at %s', (input, field, message) => {
  const error = refusal(input);
  expect(error.field).toBe(field);
  expect(error.message).toContain(message);
  expect(error.advice).not.toBe('');
});

test('T7: lists of runs and arms are bounded, and the refusal says the bound', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => i);
  const arms = many.map((i) => ({ name: `a${i}`, method: 'none' as const }));
  expect(refusal({ arms })).toMatchObject({
    field: 'arms',
    advice: 'Give a list of 1 to 64 entries.',
  });
  expect(resolveExperiment({ arms: arms.slice(0, 64) }).arms).toHaveLength(64);
  expect(refusal({ seeds: many })).toMatchObject({
    field: 'seeds',
    advice: 'Give a list of 1 to 1000 entries.',
  });
});

test('an anchor has defaults, and says what is wrong with it', () => {
  const arm = (anchor: object) => ({ arms: [{ method: 'hard', anchor }] });
  expect(resolveExperiment(arm({})).arms[0]).toEqual({
    name: 'hard',
    method: 'hard',
    answers: 16,
    anchor: {
      ...{ weight: 1, batch: 8, every: 1, answers: 4 },
      ...{ max_tokens: 32, top: 128, prompts: 'all' },
    },
  });
  expect(refusal(arm({ weight: 0 }))).toMatchObject({
    field: 'arms.0.anchor.weight',
    advice: 'Give a number above 0 to 1000000.',
  });
  expect(refusal(arm({ prompts: [] })).field).toBe('arms.0.anchor.prompts');
  expect(refusal(arm({ prompts: 'some' })).advice).toBe("Give 'all', 'sums' or a list of prompts.");
  expect(refusal({ arms: [{ method: 'none', anchor: {} }] }).field).toBe('arms.0.anchor');
});

test('settings of the search for a recipe are named, and those that change nothing are dropped', () => {
  const arm = (settings: object) => ({ arms: [{ method: 'soft', ...settings }] });
  for (const former of [
    { mix: 0.25 },
    { smoothing: 0.1 },
    { weighting: 'tokens' },
    { draws: 'stratified' },
    { tail_policy: 'none' },
    { bin_placement: 'quantiles' },
  ]) {
    const field = `arms.0.${Object.keys(former)[0]}`;
    expect(refusal(arm(former))).toMatchObject({
      field,
      message: `${field} was a setting of the search for a recipe, which is over`,
    });
  }
  expect(refusal({ training: { curriculum: 'entropy' } }).field).toBe('training.curriculum');
  const neutral = { mix: 0, smoothing: 0, weighting: 'paths', draws: 'independent' };
  expect(
    resolveExperiment(arm({ ...neutral, tail_policy: 'clip_to_edge_bin', bin_placement: 'even' })),
  ).toEqual(resolveExperiment(arm({})));
});

test('exact arms say which objectives need the whole trie, and which need numbers', () => {
  const arm = (settings: object) => ({ arms: [{ method: 'exact', ...settings }] });
  expect(resolveExperiment(arm({})).arms).toEqual([
    { name: 'exact', method: 'exact', objective: 'kl', paths: 'trie' },
  ]);
  for (const objective of ['kl', 'tv', 'js']) {
    expect(resolveExperiment(arm({ objective, paths: 8 })).arms).toHaveLength(1);
  }
  for (const objective of ['brier', 'reverse_kl', 'cramer']) {
    const error = refusal(arm({ objective, paths: 8 }));
    expect(error.field).toBe('arms.0.paths');
    expect(error.advice).toContain("'trie', or one of the objectives kl, tv, js");
  }
  const data = { choices: [{ value: 'a' }, { value: 'b' }] };
  expect(refusal({ data, ...arm({ objective: 'cramer' }) }).field).toBe('arms.0.objective');
  expect(refusal(arm({ objective: 'hinge' })).field).toBe('arms.0.objective');
});

test.each(['__proto__', 'constructor', 'prototype', 'toString'])(
  'T6: %s as a parameter, a setting, or in a choice is refused by name',
  (name) => {
    const own = (entries: object) => JSON.parse(`{"${name}":1,${JSON.stringify(entries).slice(1)}`);
    expect(refusal(gaussian(own({ mu: 0, sigma: 1 }))).field).toBe(
      `data.distribution.params.${name}`,
    );
    expect(refusal(own({ seed: 1 })).field).toBe(name);
    expect(refusal({ data: own({ bins: 7 }) }).field).toBe(`data.${name}`);
    expect(refusal({ data: { choices: [own({ value: 'a' })] } }).field).toBe(
      `data.choices.0.${name}`,
    );
  },
);

test('T6: an arm cannot be called __proto__', () => {
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    expect(refusal({ arms: [{ method: 'none', name }] }).field).toBe('arms.0.name');
  }
});

test('T7: ten thousand families or a million bins are refused, bins with their bound', () => {
  const families = Array.from({ length: 10_000 }, () => 'beta');
  expect(refusal({ data: { families } }).field).toBe('data.families');
  expect(refusal({ data: { bins: 1_000_000 } }).advice).toContain('131072');
});
