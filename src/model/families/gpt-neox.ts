// The GPT-NeoX family, Pythia among it: attention and MLP side by side (`GPTNeoXForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import type { ModuleNames } from '../spec/decoder-spec.ts';
import { activationFrom, commonFields, commonSpec } from './common.ts';
import type { ModelFamily } from './family.ts';
import { fullAttention } from './layer-types.ts';
import { partialRope } from './rope-order.ts';

const schema = v.object({
  ...commonFields,
  max_position_embeddings: v.nullish(wholeNumber(), 2048),
  hidden_act: v.nullish(v.string('must be a string'), 'gelu'),
  layer_norm_eps: v.nullish(positiveNumber, 1e-5),
  attention_bias: v.nullish(flag, true),
  use_parallel_residual: v.nullish(flag, true),
  rotary_emb_base: v.nullish(positiveNumber, 10000),
});

export const gptNeox: ModelFamily = {
  type: 'gpt_neox',
  gguf: {
    architecture: 'gptneox',
    config: (file) => ({
      attention_bias: file.has('blk.0.attn_qkv.bias'),
      use_parallel_residual: file.flag('use_parallel_residual') ?? true,
    }),
    keys: (raw) => ({ use_parallel_residual: v.parse(schema, raw).use_parallel_residual }),
  },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const common = commonSpec({ ...config, num_key_value_heads: null, head_dim: null }, source);
    const theta = config.rotary_emb_base;
    const { rope, headOrder } = partialRope(raw, common.headDim, source, 0.25, { theta });
    return {
      family: 'gpt_neox',
      ...common,
      norm: { kind: 'layer', eps: config.layer_norm_eps, plusOne: false, biased: true },
      branches: config.use_parallel_residual ? 'parallel' : 'sequential',
      fusedQkv: true,
      qkvByHead: true,
      ...(headOrder && { headOrder }),
      mlp: {
        kind: 'plain',
        activation: activationFrom(config.hidden_act, 'hidden_act', source),
        width: config.intermediate_size,
        bias: true,
      },
      ropes: [rope],
      attention: fullAttention(common.layers),
      maxPositions: config.max_position_embeddings,
      moduleNames,
    };
  },
};

const moduleNames: ModuleNames = {
  embedding: 'gpt_neox.embed_in',
  attentionNorm: 'gpt_neox.layers.{layer}.input_layernorm',
  qkv: 'gpt_neox.layers.{layer}.attention.query_key_value',
  o: 'gpt_neox.layers.{layer}.attention.dense',
  mlpNorm: 'gpt_neox.layers.{layer}.post_attention_layernorm',
  up: 'gpt_neox.layers.{layer}.mlp.dense_h_to_4h',
  down: 'gpt_neox.layers.{layer}.mlp.dense_4h_to_h',
  finalNorm: 'gpt_neox.final_layer_norm',
  head: 'embed_out',
};
