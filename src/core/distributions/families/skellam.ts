// The difference of two Poisson counts.
import { defineFamily, meanParameter } from '../family.ts';
import { geometric } from '../grids.ts';
import { checkTableSize, massTable } from '../mass-table.ts';

defineFamily({
  id: 'skellam',
  displayName: 'Skellam',
  tier: 'III',
  kind: 'discrete',
  role: 'train',
  convention: 'difference of two Poisson counts, the first minus the second',
  parameters: {
    mu1: meanParameter('mean of the first count', 3),
    mu2: meanParameter('mean of the second count', 2),
  },
  grids: {
    train: { max_specs: 121, mu1: geometric(1, 8, 11), mu2: geometric(1, 8, 11) },
    test_unseen: { max_specs: 36, mu1: geometric(8.5, 12, 6), mu2: geometric(8.5, 12, 6) },
    test_selected: [{ mu1: 10.5, mu2: 10.5 }],
  },
  /**
   * P(k) is proportional to (mu1 / mu2)^(k / 2) I_|k|(2 sqrt(mu1 mu2)), so neighbouring masses stand
   * in the ratio of modified Bessel functions of neighbouring order, and their sum is 1.
   */
  distribution({ mu1, mu2 }) {
    const mean = mu1 - mu2;
    const variance = mu1 + mu2;
    // Bernstein's inequality: both tails beyond this weigh less than e^-700.
    const reach = Math.ceil(500 + 38 * Math.sqrt(variance));
    checkTableSize('skellam', mu1 > mu2 ? 'mu1' : 'mu2', 2 * reach);
    const low = Math.floor(mean) - reach;
    const high = Math.ceil(mean) + reach;
    const smallestOrder = Math.max(0, low, -high);
    const bessel = besselRatios(2 * Math.sqrt(mu1 * mu2), smallestOrder, Math.max(-low, high));
    const tilt = Math.sqrt(mu1 / mu2);
    const ratio = (k: number) =>
      k >= 0 ? tilt * bessel[k - smallestOrder]! : tilt / bessel[-k - 1 - smallestOrder]!;
    const table = massTable(low, high, Math.round(mean), ratio);
    return {
      support: [-Infinity, Infinity],
      mass: (k) => (k < low || k > high ? 0 : table.mass(k)),
      cdf: (k) => (k < low ? 0 : k > high ? 1 : table.cdf(k)),
      mean,
      variance,
    };
  },
});

/**
 * I_(v+1)(z) / I_v(z) for v = first..last, by the recurrence r_(v-1) = 1 / (2 v / z + r_v). On its
 * way down it damps an error by r^2, about e^(-2 asinh(v / z)), at each step, so it starts from
 * Amos's bound far enough up for that to leave nothing.
 */
function besselRatios(z: number, first: number, last: number): Float64Array {
  const ratios = new Float64Array(last - first + 1);
  const start = last + 10 + Math.ceil(20 / Math.asinh(last / z));
  let ratio = z / (start + 0.5 + Math.hypot(start + 1.5, z));
  for (let order = start; order > first; order -= 1) {
    ratio = 1 / ((2 * order) / z + ratio);
    if (order <= last + 1) ratios[order - 1 - first] = ratio;
  }
  return ratios;
}
