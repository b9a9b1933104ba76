// The GPT-2 family: layer norms, learned positions, q, k and v in one (`GPT2LMHeadModel`).
import * as v from 'valibot';
import { checked, wholeNumber, flag, positiveNumber } from '../files/checked.ts';
import type { ModuleNames } from '../spec/decoder-spec.ts';
import type { ModelFamily } from './family.ts';
import { endTokenIds } from '../files/checked.ts';
import { activationFrom, checkedEndTokens, refusal } from './common.ts';

const schema = v.object({
  vocab_size: wholeNumber(),
  n_positions: v.nullish(wholeNumber(), 1024),
  n_embd: wholeNumber(),
  n_layer: wholeNumber(1024),
  n_head: wholeNumber(4096),
  n_inner: v.nullish(wholeNumber()),
  activation_function: v.nullish(v.string('must be a string'), 'gelu_new'),
  layer_norm_epsilon: v.nullish(positiveNumber, 1e-5),
  scale_attn_weights: v.nullish(flag, true),
  scale_attn_by_inverse_layer_idx: v.nullish(flag, false),
  add_cross_attention: v.nullish(flag, false),
  tie_word_embeddings: v.nullish(flag, true),
  eos_token_id: v.nullish(endTokenIds, []),
});

/** Options that change what the model computes, in ways that the decoder does not. */
const MUST_BE_OFF = ['scale_attn_by_inverse_layer_idx', 'add_cross_attention'] as const;

export const gpt2: ModelFamily = {
  type: 'gpt2',
  spec(raw, source) {
    const config = checked(schema, raw, source);
    const on = MUST_BE_OFF.find((option) => config[option]);
    if (on !== undefined) {
      throw refusal(source, on, `${on} is not supported`, 'Use a model without this option.');
    }
    const { n_embd: width, n_head: heads, n_layer: layers } = config;
    const headDim = width / heads;
    if (!Number.isInteger(headDim)) {
      throw refusal(
        source,
        'n_head',
        `n_embd (${width}) is not a multiple of n_head (${heads})`,
        'Correct either.',
      );
    }
    return {
      family: 'gpt2',
      vocabSize: config.vocab_size,
      width,
      layers,
      heads,
      kvHeads: heads,
      headDim,
      attentionScale: config.scale_attn_weights ? 1 / Math.sqrt(headDim) : 1,
      attentionSoftCap: null,
      finalSoftCap: null,
      sinks: false,
      norm: { kind: 'layer', eps: config.layer_norm_epsilon, plusOne: false, biased: true },
      preNorms: true,
      postNorms: false,
      branches: 'sequential',
      qkNorm: 'none',
      fusedQkv: true,
      attentionBias: { q: true, k: true, v: true, o: true },
      mlp: {
        kind: 'plain',
        activation: activationFrom(config.activation_function, 'activation_function', source),
        width: config.n_inner ?? 4 * width,
        bias: true,
      },
      ropes: [],
      attention: Array.from({ length: layers }, () => ({ window: null, rope: null })),
      learnedPositions: true,
      embeddingScale: 1,
      tiedEmbeddings: config.tie_word_embeddings,
      transposedLinears: true,
      maxPositions: config.n_positions,
      endTokens: checkedEndTokens(config.eos_token_id, config.vocab_size, source),
      moduleNames,
    };
  },
};

/** As PEFT calls them; checkpoints of the bare model leave `transformer.` out. */
const moduleNames: ModuleNames = {
  embedding: 'transformer.wte',
  positions: 'transformer.wpe',
  attentionNorm: 'transformer.h.{layer}.ln_1',
  qkv: 'transformer.h.{layer}.attn.c_attn',
  o: 'transformer.h.{layer}.attn.c_proj',
  mlpNorm: 'transformer.h.{layer}.ln_2',
  up: 'transformer.h.{layer}.mlp.c_fc',
  down: 'transformer.h.{layer}.mlp.c_proj',
  finalNorm: 'transformer.ln_f',
  head: 'lm_head',
};
