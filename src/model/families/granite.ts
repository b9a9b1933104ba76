// The Granite 3 family: Llama with four multipliers (`GraniteForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import { commonFields, commonSpec, gatedMlp } from './common.ts';
import type { ModelFamily } from './family.ts';
import { fullAttention } from './layer-types.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  max_position_embeddings: v.nullish(wholeNumber(), 2048),
  mlp_bias: v.nullish(flag, false),
  embedding_multiplier: v.nullish(positiveNumber, 1),
  residual_multiplier: v.nullish(positiveNumber, 1),
  attention_multiplier: v.nullish(positiveNumber, 1),
  logits_scaling: v.nullish(positiveNumber, 1),
});

/**
 * Every branch is multiplied by the residual multiplier r before it is added. The decoder adds them as
 * they are to a stream that is 1 / r of the reference's: norms undo the factor, if their epsilon has its square.
 */
export const granite: ModelFamily = {
  type: 'granite',
  gguf: {
    architecture: 'granite',
    neighbours: true,
    config: (file) => ({
      embedding_multiplier: file.number('embedding_scale'),
      residual_multiplier: file.number('residual_scale'),
      attention_multiplier: file.number('attention.scale'),
      logits_scaling: file.number('logit_scale'),
    }),
    keys: (config) => {
      const told = v.parse(schema, config);
      return {
        embedding_scale: { f32: told.embedding_multiplier },
        residual_scale: { f32: told.residual_multiplier },
        'attention.scale': { f32: told.attention_multiplier },
        logit_scale: { f32: told.logits_scaling },
        'attention.layer_norm_rms_epsilon': { f32: told.rms_norm_eps },
      };
    },
  },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const common = commonSpec(config, source);
    const residual = config.residual_multiplier;
    return {
      family: 'granite',
      ...common,
      attentionScale: config.attention_multiplier,
      embeddingScale: config.embedding_multiplier / residual,
      norm: { ...common.norm, eps: common.norm.eps / residual ** 2 },
      logitScale: 1 / config.logits_scaling,
      mlp: gatedMlp(config, source, config.mlp_bias),
      ropes: [ropeFrom(raw, common.headDim, source)],
      attention: fullAttention(common.layers),
      maxPositions: config.max_position_embeddings,
    };
  },
};
