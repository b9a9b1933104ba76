// The golden models on disk, for tests of file reading.
import { readFileSync } from 'node:fs';

export const MODELS = [
  'llama',
  'llama3_rope',
  'qwen3',
  'qwen3_bf16',
  'gemma3_text',
  'gemma3_text_linear',
  'gpt_oss',
  'gpt2',
  'gpt2_hub_names',
] as const;

const root = new URL('../../../golden/models/', import.meta.url);

export function goldenPath(path: string): URL {
  return new URL(path, root);
}

export function goldenBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(goldenPath(path)));
}

export type LayerType = 'full_attention' | 'sliding_attention';

export interface GoldenRope {
  readonly inv_freq: number[];
  readonly cos_sin_factor: number;
}

/** What the loader must derive, and the tensors that the file holds. */
interface GoldenModel {
  readonly resolved: {
    readonly head_dim: number;
    readonly attention_scale: number;
    readonly tied: boolean;
    readonly kv_groups?: number;
    readonly inner?: number;
    readonly embedding_scale?: number;
    readonly sliding_window?: number;
    readonly layer_types?: LayerType[];
    /** By layer type, or one under `all_layers`. */
    readonly rope?: Readonly<Record<string, GoldenRope>>;
  };
  readonly weights: Record<string, [dtype: string, shape: number[]]>;
  readonly adapter: { readonly r: number; readonly alpha: number; readonly scale: number };
  readonly config_spellings: string[];
}

export function goldenModel(name: string): GoldenModel {
  return goldenJson(`${name}/golden.json`) as GoldenModel;
}

export function goldenJson(path: string): unknown {
  return JSON.parse(readFileSync(goldenPath(path), 'utf8'));
}
