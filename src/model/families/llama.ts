// The Llama family: Llama 2 and 3, TinyLlama, SmolLM2 (`LlamaForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag } from '../files/checked.ts';
import type { ModelFamily } from './family.ts';
import { commonFields, commonSpec, gatedMlp } from './common.ts';
import { fullAttention } from './layer-types.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  max_position_embeddings: v.nullish(wholeNumber(), 2048),
  mlp_bias: v.nullish(flag, false),
});

export const llama: ModelFamily = {
  type: 'llama',
  gguf: { architecture: 'llama', neighbours: true, stretches: ['all'] },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const common = commonSpec(config, source);
    return {
      family: 'llama',
      ...common,
      mlp: gatedMlp(config, source, config.mlp_bias),
      ropes: [ropeFrom(raw, common.headDim, source)],
      attention: fullAttention(common.layers),
      maxPositions: config.max_position_embeddings,
    };
  },
};
