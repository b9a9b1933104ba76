// The Mistral family: Llama with a sliding window on every layer, if any (`MistralForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber } from '../files/checked.ts';
import type { ModelFamily } from './family.ts';
import { commonFields, commonSpec, gatedMlp } from './common.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  num_key_value_heads: v.optional(v.nullable(wholeNumber(4096)), 8),
  max_position_embeddings: v.nullish(wholeNumber(), 131072),
  sliding_window: v.optional(v.nullable(wholeNumber()), 4096),
});

export const mistral: ModelFamily = {
  type: 'mistral',
  gguf: { architecture: 'llama', neighbours: true, stretches: ['all'] },
  spec(raw, source) {
    const config = { ...checked(schema, raw, source), attention_bias: false };
    const common = commonSpec(config, source);
    const window = config.sliding_window;
    return {
      family: 'mistral',
      ...common,
      mlp: gatedMlp(config, source),
      ropes: [ropeFrom(raw, common.headDim, source)],
      attention: Array.from({ length: common.layers }, () => ({ window, rope: 0 })),
      maxPositions: config.max_position_embeddings,
    };
  },
};
