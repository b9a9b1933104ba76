// How GGUF files say that rotary positions are stretched.
import { plainFrequencies } from './families/rope-frequencies.ts';
import { ROPE_FACTORS, type GgufDialect, type GgufKeys } from './gguf/dialect.ts';
import type { DecoderSpec, RopeSpec } from './spec/decoder-spec.ts';

/** Frequencies are f32: what they are divided by is known to so much of itself. */
const ROUNDING = 1e-5;

/** How many pairs of a head turn. */
export const turning = ({ inverseFrequencies }: RopeSpec): number =>
  inverseFrequencies.filter((each) => each !== 0).length;

/**
 * The keys and vectors of the first rope; of others, files say the base alone.
 * @returns undefined where GGUF, or this architecture in llama.cpp, has no way to say it
 */
export function ropeStretch(
  { ropes }: DecoderSpec,
  { stretches = [] }: GgufDialect,
): { readonly keys: GgufKeys; readonly vectors: Map<string, Float32Array> } | undefined {
  const rope = ropes[0]!;
  const { long, cosSinFactor, inverseFrequencies } = rope;
  if (long) {
    if (!stretches.includes('long')) return undefined;
    return {
      keys: {
        'rope.scaling.type': 'longrope',
        'rope.scaling.attn_factor': { f32: cosSinFactor },
        'rope.scaling.original_context_length': { u32: long.from },
      },
      vectors: new Map([
        [ROPE_FACTORS.short, factorsOf(rope, inverseFrequencies)],
        [ROPE_FACTORS.long, factorsOf(rope, long.inverseFrequencies)],
      ]),
    };
  }
  if (cosSinFactor !== 1) return undefined;
  const factors = factorsOf(rope, inverseFrequencies);
  const [first = 1] = factors;
  if (!factors.every((factor) => Math.abs(factor / first - 1) < ROUNDING)) {
    if (!stretches.includes('all')) return undefined;
    return { keys: {}, vectors: new Map([[ROPE_FACTORS.all, factors]]) };
  }
  const factor = Number(first.toPrecision(6));
  const keys: GgufKeys =
    factor === 1 ? {} : { 'rope.scaling.type': 'linear', 'rope.scaling.factor': { f32: factor } };
  return { keys, vectors: new Map() };
}

/** [turning pairs] what plain frequencies are divided by. */
function factorsOf(rope: RopeSpec, stretched: Float32Array): Float32Array {
  const pairs = turning(rope);
  const plain = plainFrequencies(rope.theta, 2 * pairs);
  return plain.map((each, i) => each / stretched[i]!);
}
