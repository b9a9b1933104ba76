// The SmolLM3 family: Llama without positions in every fourth layer (`SmolLM3ForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag } from '../files/checked.ts';
import { commonFields, commonSpec, gatedMlp, refusal } from './common.ts';
import type { ModelFamily } from './family.ts';
import { layerTypeFields, windowedAttention } from './layer-types.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  ...layerTypeFields,
  num_key_value_heads: v.optional(v.nullable(wholeNumber(4096)), 4),
  max_position_embeddings: v.nullish(wholeNumber(), 32768),
  tie_word_embeddings: v.nullish(flag, true),
  mlp_bias: v.nullish(flag, false),
  use_sliding_window: v.nullish(flag, false),
  no_rope_layers: v.nullish(v.array(v.picklist([0, 1], 'must be 0 or 1'))),
  no_rope_layer_interval: v.nullish(wholeNumber(1024), 4),
});

export const smollm3: ModelFamily = {
  type: 'smollm3',
  gguf: { architecture: 'smollm3', neighbours: true },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const common = commonSpec(config, source);
    const { no_rope_layers: rotary, no_rope_layer_interval: interval } = config;
    if (rotary && rotary.length !== common.layers) {
      throw refusal(
        source,
        'no_rope_layers',
        `no_rope_layers lists ${rotary.length} layers of ${common.layers}`,
        'Say of every layer whether it has positions (1) or not (0).',
      );
    }
    // Despite the name of the list, 1 is a layer with positions.
    const turns = (layer: number) => (rotary ? rotary[layer] === 1 : (layer + 1) % interval !== 0);
    const window = config.use_sliding_window ? config.sliding_window : null;
    const slides = (layer: number) => (window ?? null) !== null && !turns(layer);
    const attention = windowedAttention({ ...config, sliding_window: window }, slides, source);
    return {
      family: 'smollm3',
      ...common,
      mlp: gatedMlp(config, source, config.mlp_bias),
      ropes: [ropeFrom(raw, common.headDim, source, { theta: 2e6 })],
      attention: attention.map((each, layer) => (turns(layer) ? each : { ...each, rope: null })),
      maxPositions: config.max_position_embeddings,
    };
  },
};
