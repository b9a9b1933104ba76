// Where a Hugging Face configuration names its rotary positions, in both of its spellings.
import * as v from 'valibot';
import { checked, wholeNumber, positiveNumber } from '../files/checked.ts';
import type { RopeSpec } from '../spec/decoder-spec.ts';
import { refusePartial, ropeOf } from './rope-types.ts';

const parameterObject = v.nullish(v.record(v.string(), v.unknown(), 'must be an object'));

/** `rope_theta` + `rope_scaling` (transformers 4), or both in `rope_parameters` (transformers 5). */
const fields = v.object({
  rope_theta: v.nullish(positiveNumber),
  rope_scaling: parameterObject,
  rope_parameters: parameterObject,
  max_position_embeddings: v.nullish(wholeNumber()),
  original_max_position_embeddings: v.nullish(wholeNumber()),
  partial_rotary_factor: v.nullish(v.unknown()),
});

/** What a family's configurations leave out. */
export interface RopeDefaults {
  readonly theta: number;
  readonly values?: Readonly<Record<string, unknown>>;
}

/**
 * The rotary part of a spec for families with one rope for all layers.
 * @throws InputError as `ropeOf`
 */
export function ropeFrom(
  config: unknown,
  headDim: number,
  source: string,
  defaults: RopeDefaults = { theta: 10000 },
): RopeSpec {
  const found = checked(fields, config, source);
  refusePartial(found.partial_rotary_factor, source);
  const scaling = notEmpty(found.rope_scaling);
  return ropeOf(
    {
      values: scaling ?? found.rope_parameters ?? defaults.values ?? {},
      source: `${source}: ${scaling ? 'rope_scaling' : 'rope_parameters'}`,
      theta: found.rope_theta ?? defaults.theta,
      maxPositions: found.max_position_embeddings ?? undefined,
      originalPositions: found.original_max_position_embeddings ?? undefined,
    },
    headDim,
  );
}

const notEmpty = <T extends object>(value: T | null | undefined) =>
  value && Object.keys(value).length > 0 ? value : undefined;
