// The kinds of rotary positions: plain ones and the stretches that make a context longer.
import { isObject } from '../../core/is-object.ts';
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber, shown } from '../files/checked.ts';
import type { RopeSpec } from '../spec/decoder-spec.ts';
import { refusal } from './common.ts';
import {
  factoredFrequencies,
  linearFrequencies,
  llama3Frequencies,
  plainFrequencies,
  yarnFrequencies,
} from './rope-frequencies.ts';

const common = v.object({
  rope_theta: v.nullish(positiveNumber),
  rope_type: v.nullish(v.string('must be a string')),
  type: v.nullish(v.string('must be a string')),
  partial_rotary_factor: v.nullish(v.unknown()),
});

const linear = v.object({ factor: positiveNumber });

const llama3 = v.object({
  factor: positiveNumber,
  low_freq_factor: positiveNumber,
  high_freq_factor: positiveNumber,
  original_max_position_embeddings: v.nullish(wholeNumber()),
});

const yarn = v.object({
  factor: v.nullish(positiveNumber),
  beta_fast: v.nullish(positiveNumber, 32),
  beta_slow: v.nullish(positiveNumber, 1),
  attention_factor: v.nullish(positiveNumber),
  mscale: v.nullish(v.number('must be a number')),
  mscale_all_dim: v.nullish(v.number('must be a number')),
  original_max_position_embeddings: v.nullish(wholeNumber()),
  truncate: v.nullish(flag, true),
});

const factors = v.array(positiveNumber, 'must be a list of numbers');
const longrope = v.object({
  short_factor: factors,
  long_factor: factors,
  factor: v.nullish(positiveNumber),
  attention_factor: v.nullish(positiveNumber),
  original_max_position_embeddings: v.nullish(wholeNumber()),
});

/** Parameters of one rope, and where they were found. */
export interface RopeParameters {
  readonly values: Readonly<Record<string, unknown>>;
  /** What to call them in errors. */
  readonly source: string;
  /** The base where the values name none. */
  readonly theta: number;
  /** The length before the stretch, where the values do not name it. */
  readonly originalPositions?: number | undefined;
  /** The stretched length where the values do not name the original one. */
  readonly maxPositions: number | undefined;
}

/**
 * Supported `rope_type` (older name: `type`): default, linear, llama3, yarn, longrope; as in transformers'
 * `modeling_rope_utils.py`.
 * @throws InputError for another type, or for parameters that are missing or impossible.
 */
export function ropeOf(parameters: RopeParameters, headDim: number): RopeSpec {
  const { values, source, maxPositions } = parameters;
  const nested = Object.keys(values).find((key) => isObject(values[key]));
  if (nested !== undefined) {
    throw refusal(
      source,
      nested,
      `${shown(nested)} holds parameters of its own; one rope for all layers is supported here`,
      'Use a model of this family whose layers share their rope.',
    );
  }
  const { rope_theta, rope_type, type, partial_rotary_factor } = checked(common, values, source);
  refusePartial(partial_rotary_factor, source);
  const base = rope_theta ?? parameters.theta;
  const plain = plainFrequencies(base, headDim);
  const kind = rope_type ?? type ?? 'default';
  switch (kind) {
    case 'default':
      return { theta: base, inverseFrequencies: plain, cosSinFactor: 1 };
    case 'linear': {
      const { factor } = checked(linear, values, source);
      const inverseFrequencies = linearFrequencies(plain, factor);
      return { theta: base, inverseFrequencies, cosSinFactor: 1 };
    }
    case 'llama3': {
      const { factor, low_freq_factor, high_freq_factor, ...rest } = checked(
        llama3,
        values,
        source,
      );
      if (high_freq_factor <= low_freq_factor) {
        throw refusal(
          source,
          'high_freq_factor',
          `high_freq_factor (${high_freq_factor}) must be above low_freq_factor (${low_freq_factor})`,
          'Use the values that the model was published with.',
        );
      }
      const original = originalPositions(rest, maxPositions, source);
      const stretch = {
        factor,
        lowFactor: low_freq_factor,
        highFactor: high_freq_factor,
        original,
      };
      const inverseFrequencies = llama3Frequencies(plain, stretch);
      return { theta: base, inverseFrequencies, cosSinFactor: 1 };
    }
    case 'yarn':
      return yarnRope(checked(yarn, values, source), base, headDim, parameters);
    case 'su':
    case 'longrope':
      return longRope(checked(longrope, values, source), base, headDim, parameters);
    default:
      throw refusal(
        source,
        'rope_type',
        `rope_type ${shown(kind)} is not supported`,
        'Supported are default, linear, llama3, yarn and longrope.',
      );
  }
}

function yarnRope(
  values: v.InferOutput<typeof yarn>,
  base: number,
  headDim: number,
  { source, maxPositions }: RopeParameters,
): RopeSpec {
  const original = originalPositions(values, maxPositions, source);
  const factor = values.factor ?? (maxPositions ?? original) / original;
  const { mscale, mscale_all_dim } = values;
  const attention = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const derived =
    mscale && mscale_all_dim ? attention(mscale) / attention(mscale_all_dim) : attention(1);
  const stretch = {
    factor,
    original,
    betaFast: values.beta_fast,
    betaSlow: values.beta_slow,
    truncate: values.truncate,
  };
  return {
    theta: base,
    inverseFrequencies: yarnFrequencies(base, headDim, stretch),
    cosSinFactor: values.attention_factor ?? derived,
  };
}

/** Phi 3's: every frequency has a factor of its own, another one in texts beyond the original length. */
function longRope(
  values: v.InferOutput<typeof longrope>,
  base: number,
  headDim: number,
  { source, maxPositions, originalPositions: named }: RopeParameters,
): RopeSpec {
  const original = values.original_max_position_embeddings ?? named ?? maxPositions;
  const wrong = (['short_factor', 'long_factor'] as const).find(
    (field) => values[field].length !== headDim / 2,
  );
  if (wrong !== undefined || original === undefined) {
    throw refusal(
      source,
      wrong ?? 'original_max_position_embeddings',
      wrong === undefined
        ? 'original_max_position_embeddings is missing'
        : `${wrong} has ${values[wrong].length} numbers for ${headDim / 2} frequencies`,
      'Use the file as its model was published.',
    );
  }
  const factor = (maxPositions ?? original) / original;
  const derived = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return {
    theta: base,
    inverseFrequencies: factoredFrequencies(base, headDim, values.short_factor),
    ...(String(values.long_factor) !== String(values.short_factor) && {
      long: {
        from: original,
        inverseFrequencies: factoredFrequencies(base, headDim, values.long_factor),
      },
    }),
    cosSinFactor: values.attention_factor ?? derived,
  };
}

function originalPositions(
  values: { readonly original_max_position_embeddings?: number | null | undefined },
  maxPositions: number | undefined,
  source: string,
): number {
  const original = values.original_max_position_embeddings ?? maxPositions;
  if (original !== undefined) return original;
  throw refusal(
    source,
    'original_max_position_embeddings',
    'original_max_position_embeddings is missing',
    'Use the file as its model was published, or add the field.',
  );
}

/** @throws InputError where heads are rotated in part only */
export function refusePartial(factor: unknown, source: string): void {
  if ((factor ?? 1) === 1) return;
  throw refusal(
    source,
    'partial_rotary_factor',
    'partial_rotary_factor other than 1 is not supported',
    'Use a model whose heads are rotated in full.',
  );
}
