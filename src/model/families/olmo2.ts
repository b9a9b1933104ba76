// The OLMo 2 family: norms after attention and MLP alone, and over all of q and k (`Olmo2ForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, positiveNumber } from '../files/checked.ts';
import {
  commonFields,
  commonSpec,
  gatedMlp,
  postNormNames,
  qkNormNames,
  namesWithout,
} from './common.ts';
import type { ModelFamily } from './family.ts';
import { fullAttention } from './layer-types.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  rms_norm_eps: v.nullish(positiveNumber, 1e-5),
  max_position_embeddings: v.nullish(wholeNumber(), 2048),
});

export const olmo2: ModelFamily = {
  type: 'olmo2',
  gguf: { architecture: 'olmo2' },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const common = commonSpec(config, source);
    const shared = namesWithout(common.moduleNames, 'attentionNorm', 'mlpNorm');
    const postNorms = namesWithout(postNormNames, 'mlpNorm');
    return {
      family: 'olmo2',
      ...common,
      preNorms: false,
      postNorms: true,
      qkNorm: 'whole',
      mlp: gatedMlp(config, source),
      ropes: [ropeFrom(raw, common.headDim, source)],
      attention: fullAttention(common.layers),
      maxPositions: config.max_position_embeddings,
      moduleNames: { ...shared, ...qkNormNames, ...postNorms },
    };
  },
};
