// Which prompts a study trains on and which it measures.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { FAMILIES } from '../../../../src/core/distributions/families.ts';
import { buildSplits } from '../../../../src/core/prompts/splits.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import type { ExperimentInput, Split } from '../../../../src/lab/experiment/experiment.ts';
import { studyPrompts, taughtPrompts } from '../../../../src/lab/plan/study-prompts.ts';

const promptsOf = (input: ExperimentInput) => studyPrompts(resolveExperiment(input));
const familiesOf = (prompts: readonly { family: string }[]) => [
  ...new Set(prompts.map(({ family }) => family)),
];
const measured = (input: ExperimentInput, split: Split) =>
  promptsOf(input)
    .evaluation.filter((row) => row.split === split)
    .map(({ prompt }) => prompt);
const idsWith = (role: string) => FAMILIES.filter((f) => f.role === role).map(({ id }) => id);

describe('the paper’s families', () => {
  test('trains on 24 of them, measures each once a split and the 6 held out', () => {
    const { training } = promptsOf({});
    const grid = (family: string) => buildSplits().train.filter((row) => row.family === family);
    const sizes = idsWith('train').map((family) => Math.min(20, grid(family).length));
    expect(training).toHaveLength(sizes.reduce((a, b) => a + b, 0));
    expect(familiesOf(training)).toEqual(idsWith('train'));
    expect(measured({}, 'train')).toHaveLength(24);
    expect(familiesOf(measured({}, 'test_unseen_params')).sort()).toEqual(idsWith('train').sort());
    expect(familiesOf(measured({}, 'test_ood_family')).sort()).toEqual(idsWith('held_out').sort());
    expect(measured({}, 'test_ood_family')).toHaveLength(6);
  });

  test('measures what it trained on, and nothing unseen that it trained on', () => {
    const { training, evaluation } = promptsOf({ evaluation: { prompts_per_family: 3 } });
    const trained = new Set(training.map(({ id }) => id));
    for (const { split, prompt } of evaluation) {
      expect(trained.has(prompt.id)).toBe(split === 'train');
    }
  });

  test('measures the paper’s selected prompts first', () => {
    const selected = buildSplits({ eval_prompt_selection: 'paper_selected' });
    for (const split of ['test_unseen_params', 'test_ood_family'] as const) {
      const first = measured({}, split).map(({ id }) => id);
      for (const id of first) expect(selected[split].map((row) => row.id)).toContain(id);
      const several = measured({ evaluation: { prompts_per_family: 5 } }, split);
      expect(several.length).toBeGreaterThan(first.length);
      expect(new Set(several.map(({ id }) => id)).size).toBe(several.length);
    }
  });

  test('draws training prompts by the seed', () => {
    const ids = (seed: number) =>
      promptsOf({ seed, data: { prompts_per_family: 3 } }).training.map(({ id }) => id);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(2)).not.toEqual(ids(1));
  });

  test('takes the whole grid with the paper’s preset', () => {
    const { training } = promptsOf({ training: { preset: 'paper' } });
    expect(training).toHaveLength(buildSplits().train.length);
  });

  test('measures only the splits that are asked for', () => {
    const splits = promptsOf({ evaluation: { splits: ['test_ood_family'] } }).evaluation;
    expect(new Set(splits.map(({ split }) => split))).toEqual(new Set(['test_ood_family']));
  });
});

describe('a list of families', () => {
  const families = ['gaussian', 'poisson', 'maxwell'];

  test('trains on those that are not held out and measures the listed ones that are', () => {
    const input = { data: { families } };
    expect(familiesOf(promptsOf(input).training)).toEqual(['gaussian']);
    expect(familiesOf(measured(input, 'test_unseen_params'))).toEqual(['gaussian']);
    expect(familiesOf(measured(input, 'test_ood_family')).sort()).toEqual(['maxwell', 'poisson']);
  });

  test('measures all held-out families if it lists none', () => {
    const input = { data: { families: ['gaussian', 'beta'] } };
    expect(familiesOf(measured(input, 'test_ood_family')).sort()).toEqual(
      idsWith('held_out').sort(),
    );
  });

  test('trains on held-out families if asked to, and then measures the others', () => {
    const input = { data: { families, include_held_out: true } };
    expect(familiesOf(promptsOf(input).training)).toEqual(families);
    const others = idsWith('held_out').filter((id) => !families.includes(id));
    expect(familiesOf(measured(input, 'test_ood_family')).sort()).toEqual(others.sort());
  });

  test('of held-out families only has nothing to train on', () => {
    expect(() => promptsOf({ data: { families: ['poisson'] } })).toThrow(
      expect.objectContaining({ name: 'InputError', field: 'data.families' }),
    );
  });
});

describe('categories', () => {
  const words = {
    families: [],
    categories: 'all',
    prompts_per_family: 3,
  } satisfies ExperimentInput['data'];

  test('are trained on and measured beside the families', () => {
    const both = promptsOf({ data: { families: ['gaussian'], categories: ['urn', 'die'] } });
    expect(familiesOf(both.training)).toEqual(['gaussian', 'die', 'urn']);
    expect(both.training.filter(({ family }) => family === 'urn')).toHaveLength(20);
    const splits = both.evaluation.map(({ split, prompt }) => [split, prompt.family]);
    expect(splits).toContainEqual(['test_unseen_params', 'urn']);
    expect(splits).toContainEqual(['test_ood_family', 'wheel']);
    expect(splits).toContainEqual(['test_ood_family', 'poisson']);
  });

  test('alone teach words only, and measure none that are trained on', () => {
    const { training, evaluation } = promptsOf({ data: words });
    expect(training).toHaveLength(6 * 3);
    expect(training.every(({ kind }) => kind === 'choices')).toBe(true);
    const trained = new Set(training.map(({ text }) => text));
    for (const { split, prompt } of evaluation)
      expect(trained.has(prompt.text)).toBe(split === 'train');
    expect(familiesOf(measured({ data: words }, 'test_ood_family'))).toEqual(['wheel', 'weekday']);
  });

  test('that are held out are trained on if asked to', () => {
    const data = { ...words, categories: ['wheel', 'urn'], include_held_out: true };
    expect(familiesOf(promptsOf({ data }).training)).toEqual(['urn', 'wheel']);
    expect(familiesOf(measured({ data }, 'test_ood_family'))).toEqual(['weekday']);
    expect(() => promptsOf({ data: { families: [], categories: ['wheel'] } })).toThrow(
      expect.objectContaining({ name: 'InputError', field: 'data.categories' }),
    );
  });

  test('an arm may keep to numbers or to words', () => {
    const { training } = promptsOf({ data: { families: ['gaussian'], categories: ['urn'] } });
    const kept = (prompts?: 'all' | 'numbers' | 'words') =>
      familiesOf(taughtPrompts({ name: 'a', method: 'soft', paths: 1, prompts }, training));
    expect(kept()).toEqual(['gaussian', 'urn']);
    expect(kept('all')).toEqual(['gaussian', 'urn']);
    expect(kept('numbers')).toEqual(['gaussian']);
    expect(kept('words')).toEqual(['urn']);
  });

  test.each([
    [{ data: { categories: ['coin'] } }, 'data.categories.0'],
    [{ data: { categories: ['urn', 'urn'] } }, 'data.categories.1'],
    [{ data: { categories: [] } }, 'data.categories'],
    [{ data: { categories: 'all', choices: [{ value: 'a' }] } }, 'data.categories'],
    [{ arms: [{ method: 'soft', prompts: 'words' }] }, 'arms.0.prompts'],
    [{ data: words, arms: [{ method: 'soft', prompts: 'numbers' }] }, 'arms.0.prompts'],
    [
      {
        data: { families: ['poisson'], categories: 'all' },
        arms: [{ method: 'soft', prompts: 'numbers' }],
      },
      'arms.0.prompts',
    ],
    [{ data: words, arms: [{ method: 'exact', objective: 'cramer' }] }, 'arms.0.objective'],
  ])('%j is refused', (input, field) => {
    expect(() => promptsOf(input as unknown as ExperimentInput)).toThrow(
      expect.objectContaining({ name: 'InputError', field }),
    );
  });
});

describe('one distribution', () => {
  const gaussian = (mu: number, sigma: number) => ({
    data: { distribution: { family: 'gaussian', params: { mu, sigma } } },
  });

  test('is trained on alone, with its family and the held-out ones as the test', () => {
    const { training } = promptsOf(gaussian(0.25, 1.5));
    expect(training.map(({ text }) => text)).toEqual([
      expect.stringContaining('mu=0.25, sigma=1.5'),
    ]);
    expect(measured(gaussian(0.25, 1.5), 'train')).toHaveLength(1);
    expect(familiesOf(measured(gaussian(0.25, 1.5), 'test_unseen_params'))).toEqual(['gaussian']);
    expect(measured(gaussian(0.25, 1.5), 'test_ood_family')).toHaveLength(6);
  });

  test('is not measured as unseen where the test grid has it, too', () => {
    const [unseen] = buildSplits({ eval_prompt_selection: 'paper_selected' }).test_unseen_params;
    const { family, parameters: params } = unseen!;
    const input = {
      data: { distribution: { family, params } },
      evaluation: { prompts_per_family: 9 },
    };
    expect(promptsOf(input).training[0]!.id).toBe(unseen!.id);
    expect(measured(input, 'test_unseen_params').map(({ id }) => id)).not.toContain(unseen!.id);
  });

  test('of a held-out family is trained on, and not measured as held out', () => {
    const input = { data: { distribution: { family: 'poisson', params: { lambda: 3 } } } };
    expect(familiesOf(measured(input, 'test_ood_family'))).not.toContain('poisson');
    expect(measured(input, 'test_unseen_params')).toHaveLength(0);
  });

  test('must be possible', () => {
    const uniform = { family: 'uniform', params: { a: 2, b: 1 } };
    expect(() => promptsOf({ data: { distribution: uniform } })).toThrow(InputError);
  });
});

describe('choices', () => {
  const choices = [{ value: 'heads', weight: 3 }, { value: 'tails' }, { value: 'edge', weight: 0 }];

  test('are one prompt, trained on and measured, without the impossible ones', () => {
    const { training, evaluation } = promptsOf({ data: { choices } });
    expect(evaluation).toEqual([{ split: 'train', prompt: training[0] }]);
    const { kind, text, space } = training[0]!;
    expect(kind).toBe('choices');
    expect(text).toBe('Pick one of: heads, tails. Output ONLY the answer.');
    const { values, probabilities } = space({ decimals: 2, bins: 2 });
    expect([...values]).toEqual(['heads', 'tails']);
    expect([...probabilities]).toEqual([0.75, 0.25]);
  });

  test('may bring their own prompt', () => {
    const { training } = promptsOf({ data: { choices, prompt: 'Toss a coin.' } });
    expect(training[0]!.text).toBe('Toss a coin.');
  });
});
