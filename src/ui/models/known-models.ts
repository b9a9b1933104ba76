// Small models that the lab is known to read, so that nobody has to start from a search box.

export interface KnownModel {
  /** As an experiment names it. */
  readonly model: string;
  readonly title: string;
  readonly parameters: number;
  /** Bytes of the weights, as they are stored. */
  readonly bytes: number;
  readonly note: string;
}

export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    model: 'builtin',
    title: 'Built-in',
    parameters: 1_082_752,
    bytes: 2_170_000,
    note: 'Made for this lab: collapsed on purpose, calibrated in minutes on any machine.',
  },
  {
    model: 'hf:bartowski/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct-Q4_K_M.gguf',
    title: 'SmolLM2 135M in 4 bits',
    parameters: 134_515_008,
    bytes: 105_454_432,
    note: 'The shortest way to a real model: a GGUF file, instructed; one token per digit.',
  },
  {
    model: 'hf:HuggingFaceTB/SmolLM2-135M-Instruct',
    title: 'SmolLM2 135M',
    parameters: 134_515_008,
    bytes: 269_060_552,
    note: 'The smallest of the instructed models; one token per digit.',
  },
  {
    model: 'hf:HuggingFaceTB/SmolLM2-360M-Instruct',
    title: 'SmolLM2 360M',
    parameters: 361_821_120,
    bytes: 723_674_912,
    note: 'Instructed; one token per digit.',
  },
  {
    model: 'hf:openai-community/gpt2',
    title: 'GPT-2',
    parameters: 124_439_808,
    bytes: 548_105_171,
    note: 'Not instructed, cuts numbers irregularly: a hard case.',
  },
  {
    model: 'hf:unsloth/gemma-3-270m-it',
    title: 'Gemma 3 270M',
    parameters: 268_098_176,
    bytes: 536_223_056,
    note: 'Instructed; a vocabulary of 262,144 tokens, one per digit.',
  },
  {
    model: 'hf:Qwen/Qwen2.5-0.5B-Instruct',
    title: 'Qwen2.5 0.5B',
    parameters: 494_032_768,
    bytes: 988_097_824,
    note: 'Instructed; one token per digit.',
  },
  {
    model: 'hf:Qwen/Qwen3-0.6B',
    title: 'Qwen3 0.6B',
    parameters: 596_049_920,
    bytes: 1_503_300_328,
    note: 'The smallest model of the paper; one token per digit.',
  },
  {
    model: 'hf:meta-llama/Llama-3.2-1B-Instruct',
    title: 'Llama 3.2 1B',
    parameters: 1_235_814_400,
    bytes: 2_471_645_608,
    note: 'Of the paper; its licence must be accepted on the hub, and a token given below. Digits in groups of three.',
  },
];
