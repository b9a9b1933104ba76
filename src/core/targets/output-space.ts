// Builds the output space of a numeric distribution.
import type { Distribution } from '../distributions/distribution.ts';
import { InputError } from '../errors.ts';
import { decimalSpace } from './decimals.ts';
import { integerSpace } from './integers.ts';
import type { OutputSpace, OutputSpaceSettings } from './space.ts';

/** The reference's defaults. */
const DEFAULTS: OutputSpaceSettings = {
  decimals: 2,
  bins: 1001,
  quantileLow: 0.001,
  quantileHigh: 0.999,
  tailPolicy: 'clip_to_edge_bin',
  placement: 'even',
};

/**
 * The answers to "one number from this distribution" and their probabilities, as the paper's code
 * builds them (method, section 3). Memory is proportional to the answers kept, however fine the grid.
 * Throws InputError for settings out of range.
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
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 12) {
    throw new InputError(`decimals is ${decimals}`, 'give an integer from 0 to 12', 'decimals');
  }
  if (!Number.isInteger(bins) || bins < 2 || bins > 2 ** 20) {
    throw new InputError(`bins is ${bins}`, 'give an integer from 2 to 1048576', 'bins');
  }
  if (!(quantileLow >= 0 && quantileLow < quantileHigh && quantileHigh <= 1)) {
    throw new InputError(
      `the quantile range is ${quantileLow} to ${quantileHigh}`,
      'give 0 <= quantileLow < quantileHigh <= 1',
      'quantileLow',
    );
  }
}
