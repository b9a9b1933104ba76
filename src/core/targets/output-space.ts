// Builds the output space of a numeric distribution.
import type { Distribution } from '../distributions/distribution.ts';
import { InputError } from '../errors.ts';
import { decimalSpace } from './decimals.ts';
import { integerSpace } from './integers.ts';
import { MOST_BINS, MOST_DECIMALS, type OutputSpace, type OutputSpaceSettings } from './space.ts';

/** The reference's defaults, but for the rules. */
const DEFAULTS: OutputSpaceSettings = {
  decimals: 2,
  bins: 1001,
  quantileLow: 0.001,
  quantileHigh: 0.999,
  tailPolicy: 'clip_to_edge_bin',
  rules: 'lab',
};

/**
 * The answers to "one number from this distribution" and their probabilities, as the paper's code
 * builds them (method, section 3) but for what `rules` says. Memory is proportional to the answers
 * kept, however fine the grid.
 * @throws InputError for settings out of range, or where no answer can be written with them
 * @example
 * import { createDistribution } from 'calibration-lab/families';
 * import { outputSpace } from 'calibration-lab/tries';
 *
 * const { values, probabilities } = outputSpace(createDistribution('beta', { alpha: 2, beta: 5 }));
 * values.length; // => 81
 * values[25]; // => "0.26"
 * probabilities[25]; // => 0.0233876
 */
export function outputSpace(
  distribution: Distribution,
  settings: Partial<OutputSpaceSettings> = {},
): OutputSpace {
  const full = { ...DEFAULTS, ...settings };
  checkSettings(full);
  return distribution.kind === 'discrete'
    ? integerSpace(distribution, full)
    : decimalSpace(distribution, full);
}

function checkSettings({ decimals, bins, quantileLow, quantileHigh }: OutputSpaceSettings): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > MOST_DECIMALS) {
    throw new InputError(
      `decimals is ${decimals}`,
      `give an integer from 0 to ${MOST_DECIMALS}`,
      'decimals',
    );
  }
  if (!Number.isInteger(bins) || bins < 2 || bins > MOST_BINS) {
    throw new InputError(`bins is ${bins}`, `give an integer from 2 to ${MOST_BINS}`, 'bins');
  }
  if (!(quantileLow >= 0 && quantileLow < quantileHigh && quantileHigh <= 1)) {
    throw new InputError(
      `the quantile range is ${quantileLow} to ${quantileHigh}`,
      'give 0 <= quantileLow < quantileHigh <= 1',
      'quantileLow',
    );
  }
}
