// What Llama and its descendants share: configuration fields and checkpoint names.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { count, flag, positive, shown, tokenIds } from '../checked.ts';
import type { DecoderSpec, ModuleNames } from '../decoder-spec.ts';

/** Fields that every family reads. Where the reference has a default, so have we. */
export const commonFields = {
  vocab_size: count(),
  hidden_size: count(),
  intermediate_size: count(),
  num_hidden_layers: count(1024),
  num_attention_heads: count(4096),
  num_key_value_heads: v.nullish(count(4096)),
  head_dim: v.nullish(count(4096)),
  rms_norm_eps: v.nullish(positive, 1e-6),
  attention_bias: v.nullish(flag, false),
  tie_word_embeddings: v.nullish(flag, false),
  eos_token_id: v.nullish(tokenIds, []),
  hidden_act: v.nullish(v.string('must be a string'), 'silu'),
  quantization_config: v.nullish(v.unknown(), null),
};

type CommonConfig = v.InferOutput<v.ObjectSchema<typeof commonFields, undefined>>;

/** The part of a spec that llama and qwen3 derive alike. */
export function commonSpec(config: CommonConfig, headDim: number, kvHeads: number, source: string) {
  const heads = config.num_attention_heads;
  const vocabSize = config.vocab_size;
  const endTokens = config.eos_token_id;
  const refuse = (field: string, problem: string, advice: string) => {
    throw new InputError(`${source}: ${problem}.`, advice, field);
  };
  if (heads % kvHeads !== 0) {
    refuse(
      'num_key_value_heads',
      `num_attention_heads (${heads}) is not a multiple of num_key_value_heads (${kvHeads})`,
      'Every key/value head must serve the same number of query heads.',
    );
  }
  if (!Number.isInteger(headDim / 2)) {
    refuse(
      'head_dim',
      `the size of a head (${headDim}) is not an even whole number`,
      'Give head_dim, or a hidden_size that num_attention_heads divides evenly.',
    );
  }
  if (config.hidden_act !== 'silu') {
    refuse(
      'hidden_act',
      `hidden_act ${shown(config.hidden_act)} is not supported`,
      'Supported is silu.',
    );
  }
  if (config.quantization_config !== null) {
    refuse(
      'quantization_config',
      'quantized weights are not supported',
      'Use the float (F32, F16 or BF16) version of the model.',
    );
  }
  const foreign = endTokens.find((id) => id >= vocabSize);
  if (foreign !== undefined) {
    refuse(
      'eos_token_id',
      `eos_token_id ${foreign} is outside the vocabulary of ${vocabSize}`,
      'Correct either.',
    );
  }
  const bias = config.attention_bias;
  return {
    vocabSize,
    width: config.hidden_size,
    layers: config.num_hidden_layers,
    heads,
    kvHeads,
    headDim,
    attentionScale: 1 / Math.sqrt(headDim),
    attentionSoftCap: null,
    finalSoftCap: null,
    sinks: false,
    norm: { kind: 'rms', eps: config.rms_norm_eps, plusOne: false },
    postNorms: false,
    fusedQkv: false,
    attention: Array.from({ length: config.num_hidden_layers }, () => ({ window: null, rope: 0 })),
    learnedPositions: false,
    embeddingScale: 1,
    transposedLinears: false,
    attentionBias: { q: bias, k: bias, v: bias, o: bias },
    tiedEmbeddings: config.tie_word_embeddings,
    endTokens,
    moduleNames,
  } satisfies Partial<DecoderSpec>;
}

const moduleNames: ModuleNames = {
  embedding: 'model.embed_tokens',
  attentionNorm: 'model.layers.{layer}.input_layernorm',
  q: 'model.layers.{layer}.self_attn.q_proj',
  k: 'model.layers.{layer}.self_attn.k_proj',
  v: 'model.layers.{layer}.self_attn.v_proj',
  qNorm: 'model.layers.{layer}.self_attn.q_norm',
  kNorm: 'model.layers.{layer}.self_attn.k_norm',
  o: 'model.layers.{layer}.self_attn.o_proj',
  mlpNorm: 'model.layers.{layer}.post_attention_layernorm',
  gate: 'model.layers.{layer}.mlp.gate_proj',
  up: 'model.layers.{layer}.mlp.up_proj',
  down: 'model.layers.{layer}.mlp.down_proj',
  finalNorm: 'model.norm',
  head: 'lm_head',
};
