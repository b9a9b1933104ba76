// The StarCoder 2 family: layer norms and a plain MLP, biases everywhere (`Starcoder2ForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import { activationFrom, commonFields, commonSpec, namesWithout } from './common.ts';
import type { ModelFamily } from './family.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  num_key_value_heads: v.optional(v.nullable(wholeNumber(4096)), 2),
  max_position_embeddings: v.nullish(wholeNumber(), 4096),
  hidden_act: v.nullish(v.string('must be a string'), 'gelu_pytorch_tanh'),
  norm_epsilon: v.nullish(positiveNumber, 1e-5),
  sliding_window: v.nullish(wholeNumber(), null),
  use_bias: v.nullish(flag, true),
  tie_word_embeddings: v.nullish(flag, true),
});

export const starcoder2: ModelFamily = {
  type: 'starcoder2',
  gguf: {
    architecture: 'starcoder2',
    config: (file) => ({ use_bias: file.has('blk.0.attn_q.bias') }),
    // Whether there are biases is told by the tensors.
    keys: () => ({}),
  },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const bias = config.use_bias;
    const common = commonSpec({ ...config, attention_bias: bias }, source);
    const shared = namesWithout(common.moduleNames, 'gate', 'up', 'down');
    return {
      family: 'starcoder2',
      ...common,
      norm: { kind: 'layer', eps: config.norm_epsilon, plusOne: false, biased: true },
      mlp: {
        kind: 'plain',
        activation: activationFrom(config.hidden_act, 'hidden_act', source),
        width: config.intermediate_size,
        bias,
      },
      ropes: [ropeFrom(raw, common.headDim, source)],
      attention: Array.from({ length: common.layers }, () => ({
        window: config.sliding_window,
        rope: 0,
      })),
      maxPositions: config.max_position_embeddings,
      moduleNames: {
        ...shared,
        up: 'model.layers.{layer}.mlp.c_fc',
        down: 'model.layers.{layer}.mlp.c_proj',
      },
    };
  },
};
