// Heads that turn in part, or in pairs of neighbours: the order of channels that makes them turn in halves.
import * as v from 'valibot';
import { checked, positiveNumber } from '../files/checked.ts';
import type { RopeSpec } from '../spec/decoder-spec.ts';
import { refusal } from './common.ts';
import { ropeFrom, type RopeDefaults } from './rope.ts';

const parameters = v.nullish(v.record(v.string(), v.unknown(), 'must be an object'));
const fields = v.looseObject({
  partial_rotary_factor: v.nullish(positiveNumber),
  rotary_pct: v.nullish(positiveNumber),
  rope_scaling: parameters,
  rope_parameters: parameters,
});

/** [headDim] of pairs (2 i, 2 i + 1). */
export const neighboursOrder = (headDim: number): number[] =>
  Array.from({ length: headDim }, (_, i) => (i < headDim / 2 ? 2 * i : 2 * (i - headDim / 2) + 1));

/** [headDim] where the first `rotated` channels turn in halves and the others stay as they are. */
function partialOrder(headDim: number, rotated: number): number[] {
  const [turning, still] = [rotated / 2, (headDim - rotated) / 2];
  const half = (first: number, rest: number) => [
    ...Array.from({ length: turning }, (_, i) => first + i),
    ...Array.from({ length: still }, (_, i) => rest + i),
  ];
  return [...half(0, rotated), ...half(turning, rotated + still)];
}

/**
 * The rope of a family whose heads may turn in part.
 * @param usual the share of a head that turns where the configuration names none
 * @throws InputError as `ropeFrom`, or for a share that leaves no whole pairs
 */
export function partialRope(
  config: unknown,
  headDim: number,
  source: string,
  usual: number,
  defaults?: RopeDefaults,
): { readonly rope: RopeSpec; readonly headOrder?: readonly number[] } {
  const found = checked(fields, config, source);
  const { partial_rotary_factor: nested, ...rest } = found.rope_parameters ?? {};
  const share = Number(found.partial_rotary_factor ?? nested ?? found.rotary_pct ?? usual);
  const rotated = Math.floor(headDim * share);
  if (!(rotated >= 2 && rotated <= headDim && rotated % 2 === 0)) {
    throw refusal(
      source,
      'partial_rotary_factor',
      `${share} of ${headDim} channels of a head turn, which are no whole pairs`,
      'Use the file as its model was published.',
    );
  }
  const whole = {
    ...found,
    partial_rotary_factor: null,
    rope_parameters: found.rope_parameters ? rest : null,
  };
  const rope = ropeFrom(whole, rotated, source, defaults);
  if (rotated === headDim) return { rope };
  const padded = (frequencies: Float32Array) => {
    const all = new Float32Array(headDim / 2);
    all.set(frequencies);
    return all;
  };
  const { inverseFrequencies, long, ...more } = rope;
  return {
    rope: {
      ...more,
      inverseFrequencies: padded(inverseFrequencies),
      ...(long && { long: { ...long, inverseFrequencies: padded(long.inverseFrequencies) } }),
    },
    headOrder: partialOrder(headDim, rotated),
  };
}
