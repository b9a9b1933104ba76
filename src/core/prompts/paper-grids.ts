// The grids of the paper: which parameters each family is trained and tested on.
import { FAMILIES } from '../distributions/families.ts';
import type { Axis, FamilyGrids, SplitsConfig } from './splits-config.ts';

const values = (...listed: number[]): Axis => ({ values: listed });
const linear = (min: number, max: number, num_points: number): Axis => ({ min, max, num_points });
const geometric = (min: number, max: number, num_points: number): Axis => ({
  ...linear(min, max, num_points),
  spacing: 'logspace',
});

const GRIDS: Readonly<Record<string, FamilyGrids>> = {
  uniform: {
    train: { max_specs: 121, a: linear(-5, 2, 11), width: linear(1, 5, 11) },
    test_unseen: { max_specs: 36, a: linear(2.5, 4.5, 6), width: linear(5.5, 8, 6) },
    test_selected: [{ a: 3.5, width: 7 }],
  },
  gaussian: {
    train: { max_specs: 121, mu: linear(-2, 2, 11), sigma: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, mu: linear(2.5, 4, 6), sigma: geometric(2.25, 3.5, 6) },
    test_selected: [{ mu: 3.5, sigma: 3 }],
  },
  beta: {
    train: { max_specs: 121, alpha: geometric(0.5, 5, 11), beta: geometric(0.5, 5, 11) },
    test_unseen: { max_specs: 36, alpha: geometric(5.5, 8, 6), beta: geometric(5.5, 8, 6) },
    test_selected: [{ alpha: 7, beta: 7 }],
  },
  bernoulli: {
    ood: { max_specs: 5, p: values(0.1, 0.3, 0.5, 0.7, 0.9) },
    ood_selected: [{ p: 0.1 }, { p: 0.5 }, { p: 0.9 }],
  },
  binomial: {
    train: {
      max_specs: 44,
      n: values(5, 10, 15, 20),
      p: values(0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8),
    },
    test_unseen: { max_specs: 10, n: values(25, 30), p: values(0.25, 0.4, 0.5, 0.6, 0.75) },
    test_selected: [{ n: 25, p: 0.5 }],
  },
  poisson: {
    ood: { max_specs: 17, lambda: geometric(1, 12, 17) },
    ood_selected: [{ lambda: 1 }, { lambda: 4 }, { lambda: 12 }],
  },
  exponential: {
    train: { max_specs: 25, lambda: geometric(0.5, 5, 25) },
    test_unseen: { max_specs: 12, lambda: geometric(5.5, 8, 12) },
    test_selected: [{ lambda: 7 }],
  },
  geometric: {
    train: {
      max_specs: 13,
      p: values(0.2, 0.225, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.775, 0.8),
    },
    test_unseen: {
      max_specs: 10,
      p: values(0.05, 0.075, 0.1, 0.125, 0.15, 0.85, 0.875, 0.9, 0.925, 0.95),
    },
    test_selected: [{ p: 0.125 }],
  },
  negative_binomial: {
    train: {
      max_specs: 44,
      r: values(3, 5, 8, 12),
      p: values(0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8),
    },
    test_unseen: { max_specs: 12, r: values(15, 20), p: values(0.1, 0.15, 0.2, 0.8, 0.85, 0.9) },
    test_selected: [{ r: 15, p: 0.15 }],
  },
  lognormal: {
    train: { max_specs: 121, mu: linear(-1, 1.5, 11), sigma: geometric(0.25, 1.25, 11) },
    test_unseen: { max_specs: 36, mu: linear(1.75, 3, 6), sigma: geometric(1.5, 2.25, 6) },
    test_selected: [{ mu: 2.5, sigma: 2 }],
  },
  triangular: {
    train: {
      max_specs: 125,
      a: linear(-3, 1, 5),
      width: linear(1, 5, 5),
      mode_fraction: values(0.1, 0.3, 0.5, 0.7, 0.9),
    },
    test_unseen: {
      max_specs: 27,
      a: linear(1.5, 3.5, 3),
      width: linear(5.5, 8, 3),
      mode_fraction: values(0.1, 0.5, 0.9),
    },
    test_selected: [{ a: 2.5, width: 7, mode_fraction: 0.5 }],
  },
  rayleigh: {
    train: { max_specs: 25, sigma: geometric(0.5, 2, 25) },
    test_unseen: { max_specs: 12, sigma: geometric(2.25, 3.5, 12) },
    test_selected: [{ sigma: 3 }],
  },
  cauchy: {
    train: { max_specs: 121, x0: linear(-2, 2, 11), gamma: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, x0: linear(2.5, 4, 6), gamma: geometric(2.25, 3.5, 6) },
    test_selected: [{ x0: 3.5, gamma: 3 }],
  },
  student_t: {
    train: { max_specs: 12, nu: values(2.5, 2.75, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10) },
    test_unseen: { max_specs: 6, nu: values(10.5, 12, 14, 16, 18, 20) },
    test_selected: [{ nu: 16 }],
  },
  chi_square: {
    train: { max_specs: 13, nu: values(2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20) },
    test_unseen: { max_specs: 6, nu: values(21, 24, 28, 32, 36, 40) },
    test_selected: [{ nu: 32 }],
  },
  f_distribution: {
    train: { max_specs: 16, d1: values(3, 5, 7, 10), d2: values(5, 10, 15, 20) },
    test_unseen: { max_specs: 4, d1: values(12, 15), d2: values(24, 30) },
    test_selected: [{ d1: 12, d2: 24 }],
  },
  gamma: {
    train: { max_specs: 121, alpha: geometric(1, 5, 11), beta: geometric(1, 5, 11) },
    test_unseen: { max_specs: 36, alpha: geometric(5.5, 8, 6), beta: geometric(5.5, 8, 6) },
    test_selected: [{ alpha: 7, beta: 7 }],
  },
  weibull: {
    ood: { max_specs: 36, k: geometric(0.5, 3, 6), lambda: geometric(0.5, 3, 6) },
    ood_selected: [
      { k: 0.5, lambda: 0.5 },
      { k: 1.5, lambda: 1.5 },
      { k: 3, lambda: 3 },
    ],
  },
  laplace: {
    train: { max_specs: 121, mu: linear(-2, 2, 11), b: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, mu: linear(2.5, 4, 6), b: geometric(2.25, 3.5, 6) },
    test_selected: [{ mu: 3.5, b: 3 }],
  },
  logistic: {
    train: { max_specs: 121, mu: linear(-2, 2, 11), s: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, mu: linear(2.5, 4, 6), s: geometric(2.25, 3.5, 6) },
    test_selected: [{ mu: 3.5, s: 3 }],
  },
  pareto: {
    train: {
      max_specs: 99,
      alpha: values(2, 2.25, 2.5, 2.75, 3, 3.5, 4, 4.5, 5),
      xm: geometric(0.5, 2, 11),
    },
    test_unseen: { max_specs: 30, alpha: values(5.5, 6, 6.5, 7, 8), xm: geometric(2.5, 4, 6) },
    test_selected: [{ alpha: 6.5, xm: 3.5 }],
  },
  hypergeometric: {
    train: {
      max_specs: 45,
      M: values(30, 50, 80),
      N: values(5, 10, 15),
      success_fraction: values(0.2, 0.35, 0.5, 0.65, 0.8),
    },
    test_unseen: {
      max_specs: 12,
      M: values(100, 120),
      N: values(20, 25),
      success_fraction: values(0.2, 0.5, 0.8),
    },
    test_selected: [{ M: 100, N: 20, success_fraction: 0.5 }],
  },
  gumbel: {
    train: { max_specs: 121, mu: linear(-2, 2, 11), beta: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, mu: linear(2.5, 4, 6), beta: geometric(2.25, 3.5, 6) },
    test_selected: [{ mu: 3.5, beta: 3 }],
  },
  skellam: {
    train: { max_specs: 121, mu1: geometric(1, 8, 11), mu2: geometric(1, 8, 11) },
    test_unseen: { max_specs: 36, mu1: geometric(8.5, 12, 6), mu2: geometric(8.5, 12, 6) },
    test_selected: [{ mu1: 10.5, mu2: 10.5 }],
  },
  beta_binomial: {
    train: {
      max_specs: 75,
      n: values(10, 20, 30),
      alpha: geometric(0.5, 5, 5),
      beta: geometric(0.5, 5, 5),
    },
    test_unseen: {
      max_specs: 18,
      n: values(40, 50),
      alpha: geometric(5.5, 8, 3),
      beta: geometric(5.5, 8, 3),
    },
    test_selected: [{ n: 40, alpha: 6.5, beta: 6.5 }],
  },
  lomax: {
    train: { max_specs: 121, alpha: geometric(1.5, 4, 11), lambda: geometric(0.5, 3, 11) },
    test_unseen: { max_specs: 36, alpha: geometric(4.5, 7, 6), lambda: geometric(3.5, 5, 6) },
    test_selected: [{ alpha: 6, lambda: 4.5 }],
  },
  inverse_gaussian: {
    train: { max_specs: 121, mu: geometric(0.5, 3, 11), lambda: geometric(0.5, 5, 11) },
    test_unseen: { max_specs: 36, mu: geometric(3.5, 6, 6), lambda: geometric(5.5, 8, 6) },
    test_selected: [{ mu: 5, lambda: 7 }],
  },
  maxwell: {
    ood: { max_specs: 9, scale: values(0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5) },
    ood_selected: [{ scale: 0.75 }, { scale: 1.5 }, { scale: 2.5 }],
  },
  chi: {
    ood: { max_specs: 9, df: values(1.5, 2, 3, 4, 5, 7, 10, 14, 20) },
    ood_selected: [{ df: 2 }, { df: 5 }, { df: 10 }],
  },
  truncnorm: {
    ood: {
      max_specs: 16,
      mu: values(0, 1),
      sigma: values(1, 1.5),
      lower: values(-2, -1),
      upper: values(1, 2),
    },
    ood_selected: [
      { mu: 0, sigma: 1, lower: -1, upper: 1 },
      { mu: 0, sigma: 1, lower: -2, upper: 2 },
      { mu: 1, sigma: 1.5, lower: -1, upper: 2 },
    ],
  },
};

const familiesOf = (role: 'train' | 'held-out') =>
  FAMILIES.filter((family) => family.role === role).map((family) => family.id);

/** The configuration that the paper trained and tested on. */
export const PAPER_SPLITS: SplitsConfig = {
  train_families: familiesOf('train'),
  heldout_families: familiesOf('held-out'),
  families: GRIDS,
  eval_prompt_selection: 'full_grid',
  linspace_points_1d: 11,
  linspace_points_2d_per_axis: 11,
  train_max_specs_per_family: 121,
  test_unseen_max_specs_per_family: 36,
  ood_max_specs_per_family: 36,
};
