// The dense Qwen 2, 2.5 and 3 families (`Qwen2ForCausalLM`, `Qwen3ForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag } from '../files/checked.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import type { ModelFamily } from './family.ts';
import { commonFields, commonSpec, gatedMlp, qkNormNames } from './common.ts';
import { layerTypeFields, windowedAttention } from './layer-types.ts';
import { ropeFrom } from './rope.ts';

const schema = v.object({
  ...commonFields,
  ...layerTypeFields,
  num_key_value_heads: v.optional(v.nullable(wholeNumber(4096)), 32),
  max_position_embeddings: v.nullish(wholeNumber(), 32768),
  use_sliding_window: v.nullish(flag, false),
  sliding_window: v.optional(v.nullable(wholeNumber()), 4096),
  max_window_layers: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0)), 28),
});

/** Qwen 2 and 2.5: q, k and v have a bias. */
export const qwen2: ModelFamily = {
  type: 'qwen2',
  gguf: { architecture: 'qwen2' },
  spec(raw, source) {
    const config = { ...checked(schema, raw, source), attention_bias: false };
    return {
      ...qwenSpec(config, raw, source),
      family: 'qwen2',
      attentionBias: { q: true, k: true, v: true, o: false },
    };
  },
};

/**
 * Qwen 3: RMSNorm on the heads of q and k before the rotation.
 */
export const qwen3: ModelFamily = {
  type: 'qwen3',
  gguf: { architecture: 'qwen3' },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const spec = qwenSpec({ ...config, head_dim: config.head_dim ?? 128 }, raw, source);
    return {
      ...spec,
      family: 'qwen3',
      qkNorm: 'heads',
      moduleNames: { ...spec.moduleNames, ...qkNormNames },
    };
  },
};

function qwenSpec(
  config: v.InferOutput<typeof schema>,
  raw: unknown,
  source: string,
): Omit<DecoderSpec, 'family'> {
  const common = commonSpec(config, source);
  // Checkpoints carry a `sliding_window`; it counts only with the switch.
  const window = config.use_sliding_window ? config.sliding_window : null;
  const slides = (layer: number) => window !== null && layer >= config.max_window_layers;
  return {
    ...common,
    mlp: gatedMlp(config, source),
    ropes: [ropeFrom(raw, common.headDim, source)],
    attention: windowedAttention({ ...config, sliding_window: window }, slides, source),
    maxPositions: config.max_position_embeddings,
  };
}
