// OpenAI's open-weight family: a mixture of experts with attention sinks (`GptOssForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import type { ModuleNames } from '../spec/decoder-spec.ts';
import type { ModelFamily } from './family.ts';
import { checkExperts, commonFields, commonSpec } from './common.ts';
import { layerTypeFields, windowedAttention } from './layer-types.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  ...layerTypeFields,
  num_key_value_heads: v.optional(v.nullable(wholeNumber(4096)), 8),
  head_dim: v.optional(v.nullable(wholeNumber(4096)), 64),
  rms_norm_eps: v.nullish(positiveNumber, 1e-5),
  attention_bias: v.nullish(flag, true),
  max_position_embeddings: v.nullish(wholeNumber(), 131072),
  sliding_window: v.optional(v.nullable(wholeNumber()), 128),
  num_local_experts: v.nullish(wholeNumber(512), 128),
  num_experts_per_tok: v.nullish(wholeNumber(512), 4),
  swiglu_limit: v.nullish(positiveNumber, 7),
});

/** The hub's checkpoints stretch their rope; a configuration without one means this. */
const ROPE = {
  theta: 150000,
  values: {
    rope_type: 'yarn',
    factor: 32,
    beta_fast: 32,
    beta_slow: 1,
    truncate: false,
    original_max_position_embeddings: 4096,
  },
};

/**
 * Expert weights may be floats or MXFP4 blocks.
 */
export const gptOss: ModelFamily = {
  type: 'gpt_oss',
  quantised: 'mxfp4',
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const { num_local_experts: experts, num_experts_per_tok: perToken } = config;
    checkExperts(config, experts, 'num_local_experts', source);
    const common = commonSpec(config, source);
    return {
      family: 'gpt_oss',
      ...common,
      sinks: true,
      mlp: {
        kind: 'experts',
        width: config.intermediate_size,
        experts,
        perToken,
        sharesOfAll: false,
        clamped: { limit: config.swiglu_limit, alpha: 1.702 },
      },
      ropes: [ropeFrom(raw, common.headDim, source, ROPE)],
      attention: windowedAttention(config, (layer) => layer % 2 === 0, source),
      maxPositions: config.max_position_embeddings,
      moduleNames: moduleNames(common.moduleNames),
    };
  },
};

function moduleNames({ gate: _gate, up: _up, down: _down, ...shared }: ModuleNames): ModuleNames {
  return {
    ...shared,
    sinks: 'model.layers.{layer}.self_attn.sinks',
    router: 'model.layers.{layer}.mlp.router',
    experts: 'model.layers.{layer}.mlp.experts',
  };
}
