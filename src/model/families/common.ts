// What the families share: configuration fields, checks of their values, checkpoint names.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { wholeNumber, flag, positiveNumber, shown, endTokenIds } from '../files/checked.ts';
import type { Activation, DecoderSpec, ModuleNames, ModulePart } from '../spec/decoder-spec.ts';

/** The largest head that a configuration may name; what is derived from it stays small. */
const LARGEST_HEAD = 4096;

/** Fields that Llama and its descendants read. Where the reference has a default, so have we. */
export const commonFields = {
  vocab_size: wholeNumber(),
  hidden_size: wholeNumber(),
  intermediate_size: wholeNumber(),
  num_hidden_layers: wholeNumber(1024),
  num_attention_heads: wholeNumber(4096),
  num_key_value_heads: v.nullish(wholeNumber(4096)),
  head_dim: v.nullish(wholeNumber(LARGEST_HEAD)),
  rms_norm_eps: v.nullish(positiveNumber, 1e-6),
  attention_bias: v.nullish(flag, false),
  tie_word_embeddings: v.nullish(flag, false),
  eos_token_id: v.nullish(endTokenIds, []),
  hidden_act: v.nullish(v.string('must be a string'), 'silu'),
};

type CommonConfig = v.InferOutput<v.ObjectSchema<typeof commonFields, undefined>>;

/** The part of a spec that Llama and its descendants derive alike; options a few have are off. */
export function commonSpec(config: CommonConfig, source: string) {
  const heads = config.num_attention_heads;
  const kvHeads = config.num_key_value_heads ?? heads;
  const headDim = config.head_dim ?? config.hidden_size / heads;
  const bias = config.attention_bias;
  if (heads % kvHeads !== 0) {
    throw refusal(
      source,
      'num_key_value_heads',
      `num_attention_heads (${heads}) is not a multiple of num_key_value_heads (${kvHeads})`,
      'Every key/value head must serve the same number of query heads.',
    );
  }
  if (!Number.isInteger(headDim / 2) || headDim > LARGEST_HEAD) {
    throw refusal(
      source,
      'head_dim',
      `the size of a head (${headDim}) is not an even whole number up to ${LARGEST_HEAD}`,
      'Give head_dim, or a hidden_size that num_attention_heads divides evenly.',
    );
  }
  return {
    vocabSize: config.vocab_size,
    width: config.hidden_size,
    layers: config.num_hidden_layers,
    heads,
    kvHeads,
    headDim,
    attentionScale: 1 / Math.sqrt(headDim),
    attentionSoftCap: null,
    finalSoftCap: null,
    sinks: false,
    norm: { kind: 'rms', eps: config.rms_norm_eps, plusOne: false, biased: false },
    preNorms: true,
    postNorms: false,
    branches: 'sequential',
    qkNorm: 'none',
    fusedQkv: false,
    attentionBias: { q: bias, k: bias, v: bias, o: bias },
    learnedPositions: false,
    embeddingScale: 1,
    tiedEmbeddings: config.tie_word_embeddings,
    transposedLinears: false,
    endTokens: checkedEndTokens(config.eos_token_id, config.vocab_size, source),
    moduleNames,
  } satisfies Partial<DecoderSpec>;
}

/** Llama's gated MLP, of the size and activation that the configuration names. */
export function gatedMlp(config: CommonConfig, source: string, bias = false) {
  const activation = activationFrom(config.hidden_act, 'hidden_act', source);
  return { kind: 'gated' as const, activation, width: config.intermediate_size, bias };
}

const ACTIVATIONS = new Map<string, Activation>([
  ['silu', 'silu'],
  ['swish', 'silu'],
  ['gelu_pytorch_tanh', 'gelu_tanh'],
  ['gelu_new', 'gelu_tanh'],
  ['gelu', 'gelu'],
]);

/** @throws InputError for an activation that the decoder does not have */
export function activationFrom(name: string, field: string, source: string): Activation {
  const activation = ACTIVATIONS.get(name);
  if (activation !== undefined) return activation;
  throw refusal(
    source,
    field,
    `${field} ${shown(name)} is not supported`,
    `Supported are ${[...ACTIVATIONS.keys()].join(', ')}.`,
  );
}

/** @throws InputError for an end token that is not in the vocabulary */
export function checkedEndTokens(tokens: readonly number[], vocabSize: number, source: string) {
  const foreign = tokens.find((id) => id >= vocabSize);
  if (foreign === undefined) return tokens;
  throw refusal(
    source,
    'eos_token_id',
    `eos_token_id ${foreign} is outside the vocabulary of ${vocabSize}`,
    'Correct either.',
  );
}

/** @throws InputError where more experts are chosen than there are, or they are activated otherwise than by silu */
export function checkExperts(
  config: { readonly hidden_act: string | null; readonly num_experts_per_tok: number },
  experts: number,
  field: 'num_experts' | 'num_local_experts',
  source: string,
): void {
  const { hidden_act: activation, num_experts_per_tok: perToken } = config;
  if (activation !== 'silu') {
    throw refusal(
      source,
      'hidden_act',
      `hidden_act ${shown(activation)} is not supported`,
      'Supported is silu.',
    );
  }
  if (perToken <= experts) return;
  throw refusal(
    source,
    'num_experts_per_tok',
    `num_experts_per_tok (${perToken}) is more than ${field} (${experts})`,
    'Correct either.',
  );
}

export function refusal(source: string, field: string, problem: string, advice: string) {
  return new InputError(`${source}: ${problem}.`, advice, field);
}

const moduleNames: ModuleNames = {
  embedding: 'model.embed_tokens',
  attentionNorm: 'model.layers.{layer}.input_layernorm',
  q: 'model.layers.{layer}.self_attn.q_proj',
  k: 'model.layers.{layer}.self_attn.k_proj',
  v: 'model.layers.{layer}.self_attn.v_proj',
  o: 'model.layers.{layer}.self_attn.o_proj',
  mlpNorm: 'model.layers.{layer}.post_attention_layernorm',
  gate: 'model.layers.{layer}.mlp.gate_proj',
  up: 'model.layers.{layer}.mlp.up_proj',
  down: 'model.layers.{layer}.mlp.down_proj',
  finalNorm: 'model.norm',
  head: 'lm_head',
};

/** The names without those of parts that a family does not have. */
export function namesWithout(names: ModuleNames, ...parts: readonly ModulePart[]): ModuleNames {
  const kept = Object.entries(names).filter(([part]) => !parts.includes(part as ModulePart));
  return Object.fromEntries(kept);
}

/** Names of the norms of a layer that has some after attention and MLP, too. */
export const postNormNames: ModuleNames = {
  postAttentionNorm: 'model.layers.{layer}.post_attention_layernorm',
  mlpNorm: 'model.layers.{layer}.pre_feedforward_layernorm',
  postMlpNorm: 'model.layers.{layer}.post_feedforward_layernorm',
};

/** Names of the norms over the heads of q and k. */
export const qkNormNames: ModuleNames = {
  qNorm: 'model.layers.{layer}.self_attn.q_norm',
  kNorm: 'model.layers.{layer}.self_attn.k_norm',
};
