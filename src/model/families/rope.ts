// Rotary position frequencies from a Hugging Face configuration, in both of its spellings.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import type { RopeSpec } from '../decoder-spec.ts';
import { checked, count, positive } from '../checked.ts';

/** `rope_theta` + `rope_scaling` (transformers 4), or both in `rope_parameters` (transformers 5). */
const fields = v.object({
  rope_theta: v.nullish(positive),
  rope_scaling: v.nullish(v.record(v.string(), v.unknown(), 'must be an object')),
  rope_parameters: v.nullish(v.record(v.string(), v.unknown(), 'must be an object')),
});

const linear = v.object({ factor: positive });

const llama3 = v.object({
  factor: positive,
  low_freq_factor: positive,
  high_freq_factor: positive,
  original_max_position_embeddings: count(),
});

/**
 * The rotary part of a spec. Supported `rope_type` (older name: `type`): default, linear, llama3;
 * as in transformers' `modeling_rope_utils.py`.
 * @throws InputError for another type, or for parameters that are missing or impossible.
 */
export function ropeFrom(config: unknown, headDim: number, source: string): RopeSpec {
  const { rope_theta, rope_scaling, rope_parameters } = checked(fields, config, source);
  const parameters = rope_parameters ?? rope_scaling ?? {};
  const within = `${source}: ${rope_parameters ? 'rope_parameters' : 'rope_scaling'}`;
  const type = parameters['rope_type'] ?? parameters['type'] ?? 'default';
  if ((parameters['partial_rotary_factor'] ?? 1) !== 1) {
    throw new InputError(
      `${within}: partial_rotary_factor other than 1 is not supported.`,
      'Use a model whose heads are rotated in full.',
      'partial_rotary_factor',
    );
  }
  const base =
    checked(v.object({ rope_theta: v.nullish(positive) }), parameters, within).rope_theta ??
    rope_theta ??
    10000;
  const plain = plainFrequencies(base, headDim);
  switch (type) {
    case 'default':
      return { inverseFrequencies: plain, cosSinFactor: 1 };
    case 'linear': {
      const { factor } = checked(linear, parameters, within);
      return { inverseFrequencies: plain.map((f) => f / factor), cosSinFactor: 1 };
    }
    case 'llama3':
      return {
        inverseFrequencies: llama3Frequencies(plain, checked(llama3, parameters, within)),
        cosSinFactor: 1,
      };
    default:
      throw new InputError(
        `${within}: rope_type ${JSON.stringify(type)} is not supported.`,
        'Supported are default, linear and llama3.',
        'rope_type',
      );
  }
}

/** [headDim / 2] base^(-2i / headDim), every step rounded to f32 as PyTorch does. */
function plainFrequencies(base: number, headDim: number): Float32Array {
  const round = Math.fround;
  return Float32Array.from(
    { length: headDim / 2 },
    (_, i) => 1 / round(Math.pow(base, round((2 * i) / headDim))),
  );
}

/**
 * Llama 3's stretch: wavelengths below `original / high` stay, those above `original / low` are
 * divided by `factor`, those between are blended. Rounded to f32 where PyTorch rounds.
 */
function llama3Frequencies(plain: Float32Array, p: v.InferOutput<typeof llama3>): Float32Array {
  const round = Math.fround;
  const original = p.original_max_position_embeddings;
  if (p.high_freq_factor <= p.low_freq_factor) {
    throw new InputError(
      `rope: high_freq_factor (${p.high_freq_factor}) must be above low_freq_factor (${p.low_freq_factor}).`,
      'Use the values that the model was published with.',
      'high_freq_factor',
    );
  }
  return plain.map((frequency) => {
    const wavelength = round((2 * Math.PI) / frequency);
    if (wavelength < original / p.high_freq_factor) return frequency;
    if (wavelength > original / p.low_freq_factor) return frequency / p.factor;
    const range = p.high_freq_factor - p.low_freq_factor;
    const smooth = round(round(round(original / wavelength) - p.low_freq_factor) / range);
    const stretched = round(round(round(1 - smooth) * frequency) / p.factor);
    return stretched + round(smooth * frequency);
  });
}
