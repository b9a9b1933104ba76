// The Phi 1, 1.5 and 2 family: one norm for attention and MLP side by side, biases everywhere (`PhiForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import { activationFrom, commonFields, commonSpec, refusal, namesWithout } from './common.ts';
import type { ModelFamily } from './family.ts';
import { fullAttention } from './layer-types.ts';
import { partialRope } from './rope-order.ts';

const schema = v.object({
  ...commonFields,
  max_position_embeddings: v.nullish(wholeNumber(), 2048),
  hidden_act: v.nullish(v.string('must be a string'), 'gelu_new'),
  layer_norm_eps: v.nullish(positiveNumber, 1e-5),
  qk_layernorm: v.nullish(flag, false),
});

export const phi: ModelFamily = {
  type: 'phi',
  gguf: { architecture: 'phi2' },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const on = (['qk_layernorm', 'tie_word_embeddings'] as const).find((option) => config[option]);
    if (on !== undefined) {
      throw refusal(source, on, `${on} is not supported`, 'Use a model without this option.');
    }
    const common = commonSpec({ ...config, attention_bias: true, head_dim: null }, source);
    const { rope, headOrder } = partialRope(raw, common.headDim, source, 0.5);
    const shared = namesWithout(common.moduleNames, 'gate', 'mlpNorm');
    return {
      family: 'phi',
      ...common,
      norm: { kind: 'layer', eps: config.layer_norm_eps, plusOne: false, biased: true },
      branches: 'parallel_shared',
      ...(headOrder && { headOrder }),
      headBias: true,
      mlp: {
        kind: 'plain',
        activation: activationFrom(config.hidden_act, 'hidden_act', source),
        width: config.intermediate_size,
        bias: true,
      },
      ropes: [rope],
      attention: fullAttention(common.layers),
      maxPositions: config.max_position_embeddings,
      moduleNames: {
        ...shared,
        o: 'model.layers.{layer}.self_attn.dense',
        up: 'model.layers.{layer}.mlp.fc1',
        down: 'model.layers.{layer}.mlp.fc2',
        finalNorm: 'model.final_layernorm',
      },
    };
  },
};
