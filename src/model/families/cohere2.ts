// The Command R7B family: one norm for attention and MLP side by side, positions in layers with a window (`Cohere2ForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import { commonFields, commonSpec, gatedMlp, refusal, namesWithout } from './common.ts';
import type { ModelFamily } from './family.ts';
import { layerTypeFields, windowedAttention, windowKey } from './layer-types.ts';
import { neighboursOrder } from './rope-order.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  ...layerTypeFields,
  max_position_embeddings: v.nullish(wholeNumber(), 8192),
  layer_norm_eps: v.nullish(positiveNumber, 1e-5),
  logit_scale: v.nullish(positiveNumber, 0.0625),
  sliding_window: v.optional(v.nullable(wholeNumber()), 4096),
  sliding_window_pattern: v.nullish(wholeNumber(1024), 4),
  tie_word_embeddings: v.nullish(flag, true),
  use_qk_norm: v.nullish(flag, false),
});

export const cohere2: ModelFamily = {
  type: 'cohere2',
  gguf: {
    architecture: 'cohere2',
    config: (file) => ({
      logit_scale: file.number('logit_scale'),
      sliding_window: file.number('attention.sliding_window'),
      // In no key: every fourth layer sees everything.
      sliding_window_pattern: 4,
    }),
    keys: (raw) => {
      const { logit_scale, sliding_window } = v.parse(schema, raw);
      return {
        logit_scale: { f32: logit_scale },
        ...windowKey(sliding_window),
        'rope.scaling.type': 'none',
      };
    },
  },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    if (config.use_qk_norm) {
      throw refusal(
        source,
        'use_qk_norm',
        'use_qk_norm is not supported',
        'Use a model without this option.',
      );
    }
    const common = commonSpec(config, source);
    const moduleNames = namesWithout(common.moduleNames, 'mlpNorm');
    const slides = (layer: number) => (layer + 1) % config.sliding_window_pattern !== 0;
    const attention = windowedAttention(config, slides, source);
    return {
      family: 'cohere2',
      ...common,
      norm: { kind: 'layer', eps: config.layer_norm_eps, plusOne: false, biased: false },
      branches: 'parallel_shared',
      headOrder: neighboursOrder(common.headDim),
      logitScale: config.logit_scale,
      mlp: gatedMlp(config, source),
      ropes: [ropeFrom(raw, common.headDim, source)],
      attention: attention.map((each) => (each.window === null ? { ...each, rope: null } : each)),
      maxPositions: config.max_position_embeddings,
      moduleNames,
    };
  },
};
