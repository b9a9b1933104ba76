// The recipe of the built-in model, as data: what is trained, on what, for how long.

/** Kinds of documents; each has a writer in corpus/. */
export type DocumentKind =
  'knowledge' | 'sampling' | 'addition' | 'open' | 'lists' | 'multiple_choice' | 'sentences';

/** A part of every step: documents of similar shape, so that packing them wastes little. */
export interface BatchPart {
  /** A multiple of `rowsPerPass`. */
  readonly rows: number;
  /** Share of each kind among the rows. */
  readonly kinds: Readonly<Partial<Record<DocumentKind, number>>>;
}

export interface PretrainingRecipe {
  readonly seed: number;
  readonly vocabularySize: number;
  /** config.json of the model, without what follows from the tokenizer. */
  readonly architecture: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly rowsPerPass: number;
  /** The parts of one step; their gradients add up. */
  readonly parts: readonly BatchPart[];
  /** Factor on the loss weights of a kind's documents. */
  readonly emphasis: Readonly<Record<DocumentKind, number>>;
  readonly optimizer: {
    readonly learningRate: number;
    /** Share of the steps in which the learning rate rises; then a cosine to zero. */
    readonly warmup: number;
    readonly weightDecay: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
  };
  /** Standard deviation of the initial weights; norms start at 1. */
  readonly initialScale: number;
}

export const RECIPE: PretrainingRecipe = {
  seed: 2026,
  vocabularySize: 1024,
  architecture: {
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    hidden_size: 128,
    num_hidden_layers: 4,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    head_dim: 32,
    intermediate_size: 448,
    hidden_act: 'silu',
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    max_position_embeddings: 512,
    attention_bias: false,
    attention_dropout: 0,
    use_sliding_window: false,
    tie_word_embeddings: true,
    torch_dtype: 'bfloat16',
  },
  steps: 2400,
  rowsPerPass: 8,
  parts: [
    { rows: 16, kinds: { knowledge: 1 } },
    { rows: 8, kinds: { addition: 0.6, sentences: 0.14, multiple_choice: 0.16, lists: 0.1 } },
    { rows: 8, kinds: { sampling: 0.88, open: 0.12 } },
  ],
  emphasis: {
    knowledge: 0.7,
    sampling: 8,
    open: 6,
    addition: 2,
    lists: 0.4,
    multiple_choice: 0.5,
    sentences: 0.5,
  },
  optimizer: {
    learningRate: 2.5e-3,
    warmup: 0.03,
    weightDecay: 0.05,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
  },
  initialScale: 0.05,
};
