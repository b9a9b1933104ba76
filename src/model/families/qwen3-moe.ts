// Qwen 3's mixtures of experts (`Qwen3MoeForCausalLM`): norms on q and k, experts in all or some of the layers.
import * as v from 'valibot';
import { checked, wholeNumber, flag } from '../files/checked.ts';
import type { ModelFamily } from './family.ts';
import { checkExperts, commonFields, commonSpec, qkNormNames } from './common.ts';
import { windowedAttention } from './layer-types.ts';
import { ropeFrom } from './rope.ts';

const expertCount = v.nullish(wholeNumber(4096));

const schema = v.object({
  ...commonFields,
  num_key_value_heads: v.optional(v.nullable(wholeNumber(4096)), 4),
  max_position_embeddings: v.nullish(wholeNumber(), 32768),
  use_sliding_window: v.nullish(flag, false),
  sliding_window: v.optional(v.nullable(wholeNumber()), 4096),
  decoder_sparse_step: v.nullish(wholeNumber(1024), 1),
  mlp_only_layers: v.nullish(v.array(v.pipe(v.number(), v.integer(), v.minValue(0))), []),
  moe_intermediate_size: v.nullish(wholeNumber(), 768),
  // The older spelling and the newer.
  num_experts: expertCount,
  num_local_experts: expertCount,
  num_experts_per_tok: v.nullish(wholeNumber(4096), 8),
  norm_topk_prob: v.nullish(flag, false),
});

/** Experts are frozen, as the MLPs of layers without any are: adapters are trained on attention. */
export const qwen3Moe: ModelFamily = {
  type: 'qwen3_moe',
  gguf: {
    architecture: 'qwen3moe',
    hasExperts: true,
    config: (file) => ({
      num_experts: file.number('expert_count'),
      num_experts_per_tok: file.number('expert_used_count'),
      moe_intermediate_size: file.number('expert_feed_forward_length'),
      // llama.cpp knows no other shares, and no layers without experts.
      norm_topk_prob: true,
    }),
    keys: (raw) => {
      const config = v.parse(schema, raw);
      return {
        expert_count: { u32: config.num_experts ?? config.num_local_experts ?? 128 },
        expert_used_count: { u32: config.num_experts_per_tok },
        expert_feed_forward_length: { u32: config.moe_intermediate_size },
        feed_forward_length: { u32: config.intermediate_size },
      };
    },
  },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const experts = config.num_experts ?? config.num_local_experts ?? 128;
    const spelling = config.num_local_experts ? 'num_local_experts' : 'num_experts';
    checkExperts(config, experts, spelling, source);
    const common = commonSpec(config, source);
    const slides = config.use_sliding_window && config.sliding_window !== null;
    const isDense = (layer: number) =>
      config.mlp_only_layers.includes(layer) || (layer + 1) % config.decoder_sparse_step !== 0;
    const layers = Array.from({ length: common.layers }, (_, layer) => layer).filter(isDense);
    return {
      family: 'qwen3_moe',
      ...common,
      qkNorm: 'heads',
      mlp: {
        kind: 'experts',
        width: config.moe_intermediate_size,
        experts,
        perToken: config.num_experts_per_tok,
        // The softmax over all, divided by its sum over the chosen, is that over the chosen.
        sharesOfAll: !config.norm_topk_prob,
        ...(layers.length > 0 && { dense: { layers, width: config.intermediate_size } }),
      },
      ropes: [ropeFrom(raw, common.headDim, source)],
      attention: windowedAttention(config, () => slides, source),
      maxPositions: config.max_position_embeddings,
      moduleNames: {
        ...common.moduleNames,
        ...qkNormNames,
        router: 'model.layers.{layer}.mlp.gate',
        experts: 'model.layers.{layer}.mlp.experts',
      },
    };
  },
};
