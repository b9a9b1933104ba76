// How a slider's 1000 positions map to a parameter's values.
import type { Parameter } from '../../core/distributions/parameter.ts';

export interface Scale {
  readonly toValue: (position: number) => number;
  readonly toPosition: (value: number) => number;
}

const clamp = (position: number) => Math.min(1000, Math.max(0, Math.round(position)));

/** Equal steps from `low` to `high`, rounded to a multiple of `grain`. */
export function linearScale(low: number, high: number, grain: number): Scale {
  return {
    toValue: (position) =>
      tidy(Math.round((low + ((high - low) * position) / 1000) / grain) * grain),
    toPosition: (value) => clamp(((value - low) / (high - low)) * 1000),
  };
}

/** Equal ratios from `low` to `high`, at three significant digits. */
export function ratioScale(low: number, high: number): Scale {
  const span = Math.log(high / low);
  return {
    toValue: (position) => Number((low * Math.exp((span * position) / 1000)).toPrecision(3)),
    toPosition: (value) => clamp((Math.log(Math.max(value, low) / low) / span) * 1000),
  };
}

/** A range worth exploring; other values can be typed. */
export function parameterScale({ domain, default: usual }: Parameter): Scale {
  switch (domain) {
    case 'real':
      return linearScale(usual - 10, usual + 10, 0.1);
    case 'positive':
    case 'shape':
    case 'mean':
      return ratioScale(Math.min(0.05, usual), Math.max(20, usual * 4));
    case 'probability':
      return linearScale(0, 1, 0.01);
    case 'positive probability':
      return linearScale(0.01, 1, 0.01);
    case 'count':
      return linearScale(0, Math.max(60, usual * 2), 1);
    case 'positive count':
      return linearScale(1, Math.max(60, usual * 2), 1);
  }
}

/** Without the dust of binary fractions: 0.1 * 3 is 0.3. */
const tidy = (value: number) => Number(value.toPrecision(12));
