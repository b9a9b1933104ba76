// The Phi 3 and 3.5 family, Phi 4 mini among it: q, k and v in one, gate and up in one (`Phi3ForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, positiveNumber } from '../files/checked.ts';
import { commonFields, commonSpec, gatedMlp, namesWithout } from './common.ts';
import type { ModelFamily } from './family.ts';
import { windowKey } from './layer-types.ts';
import { partialRope } from './rope-order.ts';

const schema = v.object({
  ...commonFields,
  rms_norm_eps: v.nullish(positiveNumber, 1e-5),
  max_position_embeddings: v.nullish(wholeNumber(), 4096),
  sliding_window: v.nullish(wholeNumber(), null),
});

export const phi3: ModelFamily = {
  type: 'phi3',
  gguf: {
    architecture: 'phi3',
    stretches: ['short', 'long'],
    config: (file) => ({ sliding_window: file.number('attention.sliding_window') || null }),
    // llama.cpp takes a file without a window for an older one, of which it guesses.
    keys: (raw) => windowKey(v.parse(schema, raw).sliding_window ?? 0),
  },
  spec(raw, source) {
    const config = { ...checked(schema, raw, source), attention_bias: false };
    const common = commonSpec(config, source);
    const { rope, headOrder } = partialRope(raw, common.headDim, source, 1);
    const shared = namesWithout(common.moduleNames, 'q', 'k', 'v', 'gate', 'up');
    const mlp = gatedMlp(config, source);
    return {
      family: 'phi3',
      ...common,
      fusedQkv: true,
      ...(headOrder && { headOrder }),
      mlp: { ...mlp, fused: true },
      ropes: [rope],
      attention: Array.from({ length: common.layers }, () => ({
        window: config.sliding_window,
        rope: 0,
      })),
      maxPositions: config.max_position_embeddings,
      moduleNames: {
        ...shared,
        qkv: 'model.layers.{layer}.self_attn.qkv_proj',
        gateUp: 'model.layers.{layer}.mlp.gate_up_proj',
      },
    };
  },
};
