// Every prompt of the reference: identifiers, parameters and texts to the last digit, in order.
import { describe, expect, it } from 'vitest';
import { familyById } from '../../../../src/core/distributions/families.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { selectPrompts } from '../../../../src/core/prompts/selection.ts';
import { buildSplits, type Splits } from '../../../../src/core/prompts/splits.ts';
import { SPLITS } from '../../../../src/lab/experiment/experiment.ts';
import type { SplitsConfig } from '../../../../src/core/prompts/splits-config.ts';
import { readGolden } from '../../../golden/golden.ts';

type SplitName = keyof Splits;
type Reference = { same_as: string };
/** [family, [[identifier, parameters as printed], ...]] */
type Rows = [string, [string, string][]][];
interface Case {
  config: SplitsConfig | (Reference & { overrides: Partial<SplitsConfig> });
  splits: Record<SplitName, Rows | Reference>;
}
interface Selection {
  max_prompts_per_split: number | null;
  selection_seed: number;
  selected_ids: Record<SplitName, string[] | number>;
}

const golden = readGolden<{
  cases: Record<string, Case>;
  error_cases: { name: string; config: SplitsConfig; message: string }[];
  eval_selection: Record<string, Selection[]>;
}>('splits');

function configOf(name: string): SplitsConfig {
  const { config } = golden.cases[name]!;
  return 'same_as' in config ? { ...configOf(config.same_as), ...config.overrides } : config;
}

function rowsOf(name: string, split: SplitName): Rows {
  const rows = golden.cases[name]!.splits[split];
  return 'same_as' in rows ? rowsOf(rows.same_as, split) : rows;
}

/** The rows of the golden file, written out. */
function expectedRows(name: string, split: SplitName) {
  return rowsOf(name, split).flatMap(([id, rows]) => {
    const { displayName, tier } = familyById(id);
    return rows.map(([distribution, text]) => ({
      id: distribution,
      family: id,
      tier,
      parameters: Object.fromEntries(
        text.split(', ').map((assignment): [string, number] => {
          const [parameter, value] = assignment.split('=');
          return [parameter!, Number(value)];
        }),
      ),
      prompt: `Generate exactly ONE random number from a ${displayName} distribution with parameters ${text}. Output ONLY the number.`,
    }));
  });
}

describe('splits', () => {
  const cases = [
    ['full_grid', 2671, 5502],
    ['paper_selected', 2030, 4209],
    ['custom_grid_defaults_and_subsampling', 67, 163],
  ] as const;

  it.each(cases)(
    'of %s are the %d rows and %d parameters of the reference',
    (name, total, numbers) => {
      const splits = buildSplits(configOf(name));
      expect(Object.keys(splits)).toEqual(SPLITS);
      for (const split of SPLITS) {
        const expected = expectedRows(name, split);
        expect(splits[split]).toStrictEqual(expected);
        // Key order is the order of the prompt.
        expect(JSON.stringify(splits[split])).toBe(JSON.stringify(expected));
      }
      const rows = SPLITS.flatMap((split) => splits[split]);
      expect(rows).toHaveLength(total);
      expect(rows.flatMap((row) => Object.values(row.parameters))).toHaveLength(numbers);
    },
  );

  it('are the paper’s without a configuration', () => {
    expect(buildSplits()).toEqual(buildSplits(configOf('full_grid')));
    expect(buildSplits({ eval_prompt_selection: 'paper_selected' })).toEqual(
      buildSplits(configOf('paper_selected')),
    );
  });

  it.each(Object.entries(golden.eval_selection))('of %s are chosen from alike', (name, choices) => {
    const splits = buildSplits(configOf(name));
    for (const { max_prompts_per_split, selection_seed, selected_ids } of choices) {
      const selected = selectPrompts(splits, max_prompts_per_split, selection_seed);
      for (const split of SPLITS) {
        const ids = selected[split].map((row) => row.id);
        const expected = selected_ids[split];
        expect(typeof expected === 'number' ? ids.length : ids).toEqual(expected);
      }
    }
  });
});

describe('a bad configuration', () => {
  function refusal(config: Partial<SplitsConfig>): InputError {
    try {
      buildSplits(config);
    } catch (error) {
      if (error instanceof InputError) return error;
      throw error;
    }
    return expect.fail('the configuration was accepted');
  }
  const fields: Record<string, string> = {
    missing_axis: 'families.gaussian.train.sigma',
    nonpositive_logspace: 'families.chi_square.train.nu.min',
    unknown_spacing: 'families.chi_square.train.nu.spacing',
    unknown_family: 'family',
  };

  it.each(golden.error_cases.map((entry) => [entry.name, entry] as const))(
    'of the reference is refused: %s',
    (name, { config }) => expect(refusal(config).field).toBe(fields[name]),
  );

  const gaussian = (train: object): Partial<SplitsConfig> => ({
    train_families: ['gaussian'],
    families: { gaussian: { train } } as SplitsConfig['families'],
  });
  const sigma = { values: [1] };
  it.each<[string, Partial<SplitsConfig>, string]>([
    ['no grids', { families: {} }, 'families.uniform'],
    ['no grid', gaussian(null as unknown as object), 'families.gaussian.train'],
    ['an axis of no kind', gaussian({ mu: 3, sigma }), 'families.gaussian.train.mu'],
    ['no min', gaussian({ mu: { max: 1 }, sigma }), 'families.gaussian.train.mu.min'],
    ['a text', gaussian({ mu: { values: ['1'] }, sigma }), 'families.gaussian.train.mu.values'],
    ['no list', gaussian({ mu: { values: 1 }, sigma }), 'families.gaussian.train.mu.values'],
    [
      'endless points',
      gaussian({ mu: { min: 0, max: 1, num_points: 1e9 }, sigma }),
      'families.gaussian.train.mu.num_points',
    ],
    [
      'a huge grid',
      gaussian({
        mu: { min: 0, max: 1, num_points: 10_000 },
        sigma: { min: 1, max: 2, num_points: 10_000 },
      }),
      'families.gaussian.train',
    ],
    [
      'a broken limit',
      gaussian({ max_specs: 'all', mu: sigma, sigma }),
      'families.gaussian.train.max_specs',
    ],
    [
      'an unknown selection',
      { eval_prompt_selection: 'some' as 'full_grid' },
      'eval_prompt_selection',
    ],
    ['no list of families', { train_families: 'all' as unknown as string[] }, 'train_families'],
  ])('is refused: %s', (_, config, field) => expect(refusal(config).field).toBe(field));

  it('is refused: a selected row with other parameters', () => {
    const error = refusal({
      eval_prompt_selection: 'paper_selected',
      heldout_families: ['chi'],
      families: { ...configOf('full_grid').families, chi: { ood: {}, ood_selected: [{ nu: 1 }] } },
    });
    expect(error.field).toBe('families.chi.ood_selected');
  });
});
