// The Llama family: Llama 2 and 3, TinyLlama, SmolLM2 (`LlamaForCausalLM`).
import * as v from 'valibot';
import { checked, count, flag } from '../checked.ts';
import type { DecoderSpec } from '../decoder-spec.ts';
import { commonFields, commonSpec } from './common.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  max_position_embeddings: v.nullish(count(), 2048),
  mlp_bias: v.nullish(flag, false),
});

/** @throws InputError naming the field that is wrong or not supported. */
export function llamaSpec(raw: unknown, source: string): DecoderSpec {
  const config = checked(schema, raw, source);
  const headDim = config.head_dim ?? config.hidden_size / config.num_attention_heads;
  const kvHeads = config.num_key_value_heads ?? config.num_attention_heads;
  return {
    family: 'llama',
    ...commonSpec(config, headDim, kvHeads, source),
    qkNorm: false,
    mlp: {
      kind: 'gated',
      activation: 'silu',
      width: config.intermediate_size,
      bias: config.mlp_bias,
    },
    ropes: [ropeFrom(raw, headDim, source)],
    maxPositions: config.max_position_embeddings,
  };
}
