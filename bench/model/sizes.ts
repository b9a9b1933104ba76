// The shapes of model that are measured, as Hugging Face configurations.
/** The configuration of a Hugging Face folder, plain data. */
export type ModelConfig = Readonly<Record<string, unknown>>;

const LLAMA = {
  model_type: 'llama',
  hidden_act: 'silu',
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  max_position_embeddings: 2048,
  tie_word_embeddings: true,
  eos_token_id: 1,
};

/** Shapes besides the built-in model's, whose configuration lies beside its weights. */
const SIZES: Readonly<Record<string, ModelConfig>> = {
  /** For trying things out: grouped queries, in a blink. */
  tiny: {
    ...LLAMA,
    vocab_size: 96,
    hidden_size: 64,
    intermediate_size: 160,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
  },
  '15m': {
    ...LLAMA,
    vocab_size: 32_000,
    hidden_size: 288,
    intermediate_size: 768,
    num_hidden_layers: 6,
    num_attention_heads: 6,
    num_key_value_heads: 6,
  },
  /** SmolLM2-135M. */
  '135m': {
    ...LLAMA,
    vocab_size: 49_152,
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: 30,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    rope_theta: 100_000,
  },
  /** Qwen3-0.6B. */
  '600m': {
    ...LLAMA,
    model_type: 'qwen3',
    vocab_size: 151_936,
    hidden_size: 1024,
    intermediate_size: 3072,
    num_hidden_layers: 28,
    num_attention_heads: 16,
    num_key_value_heads: 8,
    head_dim: 128,
    rope_theta: 1_000_000,
  },
};

export const BUILTIN = 'builtin';
export const SIZE_NAMES: readonly string[] = [BUILTIN, ...Object.keys(SIZES)];

/** @param name one of `SIZE_NAMES` @param builtin configuration of the built-in model */
export const configOfSize = (name: string, builtin: ModelConfig): ModelConfig =>
  name === BUILTIN ? builtin : SIZES[name]!;
