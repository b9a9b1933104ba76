// The Gemma 2 family (`Gemma2ForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import { activationFrom, commonFields, commonSpec, postNormNames } from './common.ts';
import type { ModelFamily } from './family.ts';
import { capKey, gemmaAttention } from './gemma-gguf.ts';
import { layerTypeFields, windowedAttention, windowKey } from './layer-types.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  ...layerTypeFields,
  num_attention_heads: v.nullish(wholeNumber(4096), 8),
  num_key_value_heads: v.nullish(wholeNumber(4096), 4),
  head_dim: v.nullish(wholeNumber(4096), 256),
  max_position_embeddings: v.nullish(wholeNumber(), 8192),
  hidden_activation: v.nullish(v.string('must be a string'), 'gelu_pytorch_tanh'),
  tie_word_embeddings: v.nullish(flag, true),
  query_pre_attn_scalar: v.nullish(positiveNumber, 256),
  sliding_window: v.optional(v.nullable(wholeNumber()), 4096),
  attn_logit_softcapping: v.optional(v.nullable(positiveNumber), 50),
  final_logit_softcapping: v.optional(v.nullable(positiveNumber), 30),
});

/** Layers of the largest model, 27B. */
const LARGEST = 46;

/** Four norms a layer that multiply by 1 + weight, capped scores and logits, a window on every other layer. */
export const gemma2: ModelFamily = {
  type: 'gemma2',
  gguf: {
    architecture: 'gemma2',
    config: (file) => ({
      ...gemmaAttention(file, LARGEST),
      attn_logit_softcapping: file.number('attn_logit_softcapping') ?? null,
      final_logit_softcapping: file.number('final_logit_softcapping') ?? null,
    }),
    keys: (raw) => {
      const config = v.parse(schema, raw);
      return {
        ...windowKey(config.sliding_window),
        ...capKey('attn_logit_softcapping', config.attn_logit_softcapping),
        ...capKey('final_logit_softcapping', config.final_logit_softcapping),
      };
    },
  },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const common = commonSpec(config, source);
    return {
      family: 'gemma2',
      ...common,
      attentionScale: 1 / Math.sqrt(config.query_pre_attn_scalar),
      attentionSoftCap: config.attn_logit_softcapping,
      finalSoftCap: config.final_logit_softcapping,
      norm: { ...common.norm, plusOne: true },
      postNorms: true,
      mlp: {
        kind: 'gated',
        activation: activationFrom(config.hidden_activation, 'hidden_activation', source),
        width: config.intermediate_size,
        bias: false,
      },
      ropes: [ropeFrom(raw, common.headDim, source)],
      attention: windowedAttention(config, (layer) => layer % 2 === 0, source),
      embeddingScale: Math.fround(Math.sqrt(config.hidden_size)),
      maxPositions: config.max_position_embeddings,
      moduleNames: { ...common.moduleNames, ...postNormNames },
    };
  },
};
