// The dense Qwen3 family: RMSNorm on the heads of q and k before the rotation (`Qwen3ForCausalLM`).
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { checked, count, flag } from '../checked.ts';
import type { DecoderSpec } from '../decoder-spec.ts';
import { commonFields, commonSpec } from './common.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  num_key_value_heads: v.optional(v.nullable(count(4096)), 32),
  max_position_embeddings: v.nullish(count(), 32768),
  // Checkpoints carry a `sliding_window`; it counts only with the switch.
  use_sliding_window: v.nullish(flag, false),
  layer_types: v.nullish(v.array(v.string(), 'must be a list of strings')),
});

/** @throws InputError naming the field that is wrong or not supported. */
export function qwen3Spec(raw: unknown, source: string): DecoderSpec {
  const config = checked(schema, raw, source);
  const windowed = config.layer_types?.find((type) => type !== 'full_attention');
  if (config.use_sliding_window || windowed !== undefined) {
    throw new InputError(
      `${source}: sliding-window attention is not supported for qwen3.`,
      'Set use_sliding_window to false and every layer type to full_attention, if the model was trained so.',
      config.use_sliding_window ? 'use_sliding_window' : 'layer_types',
    );
  }
  const headDim = config.head_dim ?? 128;
  const kvHeads = config.num_key_value_heads ?? config.num_attention_heads;
  return {
    family: 'qwen3',
    ...commonSpec(config, headDim, kvHeads, source),
    qkNorm: true,
    mlp: { kind: 'gated', activation: 'silu', width: config.intermediate_size, bias: false },
    ropes: [ropeFrom(raw, headDim, source)],
    maxPositions: config.max_position_embeddings,
  };
}
