// The text models of the Gemma 3 family (`Gemma3ForCausalLM`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import type { RopeSpec } from '../spec/decoder-spec.ts';
import type { ModelFamily } from './family.ts';
import { capKey, gemmaAttention } from './gemma-gguf.ts';
import {
  activationFrom,
  commonFields,
  commonSpec,
  qkNormNames,
  refusal,
  postNormNames,
} from './common.ts';
import { layerTypeFields, windowedAttention, windowKey } from './layer-types.ts';
import { ropeOf } from './rope-types.ts';

const object = v.nullish(v.record(v.string(), v.unknown(), 'must be an object'), {});

const schema = v.object({
  ...commonFields,
  ...layerTypeFields,
  num_attention_heads: v.nullish(wholeNumber(4096), 8),
  num_key_value_heads: v.nullish(wholeNumber(4096), 4),
  head_dim: v.nullish(wholeNumber(4096), 256),
  max_position_embeddings: v.nullish(wholeNumber(), 131072),
  hidden_activation: v.nullish(v.string('must be a string'), 'gelu_pytorch_tanh'),
  tie_word_embeddings: v.nullish(flag, true),
  query_pre_attn_scalar: v.nullish(positiveNumber, 256),
  sliding_window: v.optional(v.nullable(wholeNumber()), 4096),
  sliding_window_pattern: v.nullish(wholeNumber(1024), 6),
  final_logit_softcapping: v.nullish(positiveNumber, null),
  use_bidirectional_attention: v.nullish(flag, false),
  rope_theta: v.nullish(positiveNumber, 1e6),
  rope_local_base_freq: v.nullish(positiveNumber, 1e4),
  rope_scaling: object,
  rope_parameters: v.nullish(v.object({ full_attention: object, sliding_attention: object }), {}),
});

/** Layers of the largest model, 27B. */
const LARGEST = 62;

/**
 * Four norms a layer, norms that multiply by 1 + weight, a window on most layers with a rope of
 * its own. `attn_logit_softcapping` has no effect in the reference, and so none here.
 */
export const gemma3: ModelFamily = {
  type: 'gemma3_text',
  gguf: {
    architecture: 'gemma3',
    config(file) {
      const pattern = file.flags('attention.sliding_window_pattern');
      const cap = file.number('final_logit_softcapping');
      return {
        ...gemmaAttention(file, LARGEST),
        ...(cap !== undefined && { final_logit_softcapping: cap }),
        ...(pattern
          ? { layer_types: pattern.map((local) => `${local ? 'sliding' : 'full'}_attention`) }
          : { sliding_window_pattern: file.number('attention.sliding_window_pattern') ?? 6 }),
        rope_local_base_freq: file.number('rope.freq_base_swa') ?? 1e4,
      };
    },
    keys(raw) {
      const config = v.parse(schema, raw);
      return {
        ...windowKey(config.sliding_window),
        ...capKey('final_logit_softcapping', config.final_logit_softcapping),
      };
    },
  },
  spec(raw, source) {
    const config = checked(schema, raw, source);
    if (config.use_bidirectional_attention) {
      throw refusal(
        source,
        'use_bidirectional_attention',
        'use_bidirectional_attention is not supported',
        'Use a model that reads from left to right.',
      );
    }
    const common = commonSpec(config, source);
    const slides = (layer: number) => (layer + 1) % config.sliding_window_pattern !== 0;
    return {
      family: 'gemma3_text',
      ...common,
      attentionScale: 1 / Math.sqrt(config.query_pre_attn_scalar),
      finalSoftCap: config.final_logit_softcapping,
      norm: { ...common.norm, plusOne: true },
      postNorms: true,
      qkNorm: 'heads',
      mlp: {
        kind: 'gated',
        activation: activationFrom(config.hidden_activation, 'hidden_activation', source),
        width: config.intermediate_size,
        bias: false,
      },
      ropes: ropes(config, common.headDim, source),
      attention: windowedAttention(config, slides, source, 1),
      embeddingScale: Math.fround(Math.sqrt(config.hidden_size)),
      maxPositions: config.max_position_embeddings,
      moduleNames: { ...common.moduleNames, ...qkNormNames, ...postNormNames },
    };
  },
};

/** Of layers that see everything, stretched if at all, and of those with a window. */
function ropes(
  config: v.InferOutput<typeof schema>,
  headDim: number,
  source: string,
): [RopeSpec, RopeSpec] {
  const { rope_scaling, rope_parameters: nested } = config;
  const rope = (kind: 'full_attention' | 'sliding_attention', theta: number, old: object) =>
    ropeOf(
      {
        values: { ...nested[kind], ...old },
        source: `${source}: rope_parameters.${kind}`,
        theta,
        maxPositions: config.max_position_embeddings,
      },
      headDim,
    );
  return [
    rope('full_attention', config.rope_theta, rope_scaling),
    rope('sliding_attention', config.rope_local_base_freq, {}),
  ];
}
