// How GGUF files have a family: its name there, and where its keys and tensors are other than usual.
import type { ModulePart } from '../spec/decoder-spec.ts';
import type { GgufValue } from './writer.ts';

/** Vectors that belong to the configuration: what each rotary frequency is divided by. */
export const ROPE_FACTORS = {
  all: 'rope_freqs.weight',
  short: 'rope_factors_short.weight',
  long: 'rope_factors_long.weight',
};

export interface GgufDialect {
  /** `general.architecture` */
  readonly architecture: string;
  /** Whether the rows of a head of q and k come as neighbours that turn together, as the conversion puts them. */
  readonly neighbours?: boolean;
  /** Whether its layers have experts; others that say so are another model under this name. */
  readonly hasExperts?: boolean;
  /** Vectors by which llama.cpp divides the frequencies of this architecture. */
  readonly stretches?: readonly (keyof typeof ROPE_FACTORS)[];
  /** Fields of config.json beyond those that `ggufConfig` finds in every file. */
  config?(file: ToldByGguf): Record<string, unknown>;
  /**
   * The way back, for files made of folders: keys beyond the usual ones.
   * A dialect that has fields of its own and no way back is not written.
   * @param config checked by the family
   */
  keys?(config: Readonly<Record<string, unknown>>): GgufKeys;
}

/** Without the architecture in front. */
export type GgufKeys = Readonly<Record<string, GgufValue>>;

export type PartNames = Readonly<Partial<Record<ModulePart, string>>>;

/** What a file says, by its keys without the architecture in front; undefined for what it does not say. */
export interface ToldByGguf {
  number(key: string): number | undefined;
  flag(key: string): boolean | undefined;
  flags(key: string): readonly boolean[] | undefined;
  has(tensor: string): boolean;
  /** The values of short vectors that belong to the configuration. */
  readonly vectors: ReadonlyMap<string, readonly number[]>;
}

const layer = (part: string) => `blk.{layer}.${part}`;

/** Names of tensors, without `.weight` or `.bias`. */
export const USUAL_NAMES: PartNames = {
  embedding: 'token_embd',
  positions: 'position_embd',
  attentionNorm: layer('attn_norm'),
  q: layer('attn_q'),
  k: layer('attn_k'),
  v: layer('attn_v'),
  qkv: layer('attn_qkv'),
  qNorm: layer('attn_q_norm'),
  kNorm: layer('attn_k_norm'),
  o: layer('attn_output'),
  postAttentionNorm: layer('post_attention_norm'),
  mlpNorm: layer('ffn_norm'),
  gate: layer('ffn_gate'),
  up: layer('ffn_up'),
  gateUp: layer('ffn_up'),
  down: layer('ffn_down'),
  router: layer('ffn_gate_inp'),
  postMlpNorm: layer('post_ffw_norm'),
  finalNorm: 'output_norm',
  head: 'output',
};
