// The prompts that a configuration asks for: trained, unseen parameters, held-out families.
import { familyById, type Family } from '../distributions/families.ts';
import type { FamilyGrids, Grid, GridRow } from '../distributions/grids.ts';
import { InputError } from '../errors.ts';
import { gridPoints } from './grid.ts';
import { distributionId, samplingPrompt } from './sampling-prompt.ts';
import { subsample } from './spacing.ts';
import { paperSplits, type SplitsConfig } from './splits-config.ts';

/** One prompt. */
export interface PromptRow {
  /** Identifier of the distribution, e.g. `gaussian_mu_m2_sigma_0p5`. */
  readonly id: string;
  readonly family: string;
  readonly tier: Family['tier'];
  /** In the family's order. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly prompt: string;
}

/** The prompts of each split, in the order of the reference. */
export interface Splits {
  readonly train: readonly PromptRow[];
  readonly test_unseen_params: readonly PromptRow[];
  readonly test_ood_family: readonly PromptRow[];
}

/**
 * Lays out the grids of a configuration; what it leaves out is as in the paper.
 * @throws InputError that names the field at fault
 * @example
 * import { buildSplits } from 'calibration-lab/prompts';
 *
 * const { train, test_unseen_params, test_ood_family } = buildSplits({ train_families: ['beta'] });
 * train.length; // => 121
 * test_unseen_params.length; // => 36
 * train[0]?.id; // => "beta_alpha_0p5_beta_0p5"
 */
export function buildSplits(overrides: Partial<SplitsConfig> = {}): Splits {
  const config = { ...paperSplits(), ...overrides };
  const selection: string = config.eval_prompt_selection;
  if (selection !== 'full_grid' && selection !== 'paper_selected') {
    throw new InputError(
      `eval_prompt_selection is ${JSON.stringify(selection)}`,
      'use full_grid or paper_selected',
      'eval_prompt_selection',
    );
  }
  const selected = selection === 'paper_selected';
  for (const field of ['train_families', 'heldout_families'] as const) {
    if (Array.isArray(config[field])) continue;
    throw new InputError(`${field} is not a list`, 'give a list of family names', field);
  }

  const train: PromptRow[] = [];
  const unseen: PromptRow[] = [];
  for (const id of config.train_families) {
    const family = familyById(id);
    const grids = gridsOf(config, family);
    train.push(...gridRows(config, family, grids, 'train'));
    if (!grids.test_unseen) continue;
    if (selected && grids.test_selected) {
      unseen.push(...selectedRows(family, grids.test_selected, 'test_selected'));
    } else {
      unseen.push(...gridRows(config, family, grids, 'test_unseen'));
    }
  }
  const heldOut = config.heldout_families.flatMap((id) => {
    const family = familyById(id);
    const grids = gridsOf(config, family);
    return selected && grids.ood_selected
      ? selectedRows(family, grids.ood_selected, 'ood_selected')
      : gridRows(config, family, grids, 'ood');
  });
  return { train, test_unseen_params: unseen, test_ood_family: heldOut };
}

function gridsOf(config: SplitsConfig, family: Family): FamilyGrids {
  const grids = config.families[family.id];
  if (grids) return grids;
  throw new InputError(
    `families has no grids for ${family.id}`,
    'add them, or take the family off the list',
    `families.${family.id}`,
  );
}

type GridName = 'train' | 'test_unseen' | 'ood';

function gridRows(
  config: SplitsConfig,
  family: Family,
  grids: FamilyGrids,
  name: GridName,
): PromptRow[] {
  const path = `families.${family.id}.${name}`;
  const grid: Grid | undefined = grids[name];
  if (!grid) {
    throw new InputError(`${family.id} has no grid ${name}`, `add the grid ${name}`, path);
  }
  const defaultPoints =
    family.gridParameterNames.length === 1
      ? config.linspace_points_1d
      : config.linspace_points_2d_per_axis;
  const points = gridPoints(family, grid, path, defaultPoints);
  const limit = grid.max_specs ?? config[`${name}_max_specs_per_family`];
  if (!Number.isInteger(limit)) {
    throw new InputError(
      `${path}.max_specs is ${JSON.stringify(limit)}`,
      'give a whole number, 0 for no limit',
      `${path}.max_specs`,
    );
  }
  return subsample(points, limit).map((point) => promptRow(family, point));
}

function selectedRows(family: Family, rows: readonly GridRow[], name: string): PromptRow[] {
  return rows.map((row, index) => {
    const given = Object.keys(row).sort().join(', ');
    if (given !== [...family.gridParameterNames].sort().join(', ')) {
      throw new InputError(
        `row ${index} of ${name} of ${family.id} gives ${given}`,
        `give exactly ${family.gridParameterNames.join(', ')}`,
        `families.${family.id}.${name}`,
      );
    }
    return promptRow(family, row);
  });
}

function promptRow(family: Family, point: GridRow): PromptRow {
  const parameters = family.parametersAt(point);
  return {
    id: distributionId(family.id, parameters),
    family: family.id,
    tier: family.tier,
    parameters,
    prompt: samplingPrompt(family.id, parameters),
  };
}
