// A tiny model with golden numbers from transformers + PEFT, loaded for comparison.
import type { Decoder } from '../../src/model/decoder/decoder.ts';
import { loadDecoder } from '../../src/model/language-model.ts';
import { loraFromFile } from '../../src/model/adapter/lora.ts';
import type { LoraAdapter } from '../../src/model/adapter/lora.ts';
import type { ModelFiles } from '../../src/model/files/model-files.ts';
import { readAdapter } from '../../src/model/adapter/peft.ts';
import { readSafetensors } from '../../src/model/files/safetensors.ts';

/** Folders of test/golden/models. */
export const GOLDEN_MODELS = [
  'qwen3',
  'qwen3_bf16',
  'llama',
  'llama3_rope',
  'gemma3_text',
  'gemma3_text_linear',
  'gpt_oss',
  'gpt2',
  'gpt2_hub_names',
  'gemma2',
  'phi3',
  'phi3_longrope',
  'olmo2',
  'granite',
  'smollm3',
  'gpt_neox',
  'phi',
  'starcoder2',
  'cohere2',
  'qwen3_moe',
  'qwen3_moe_unnormalised',
];

/** Folders of test/golden/gguf, with the largest error of a logit on a processor. */
export const GOLDEN_GGUF = [
  ['llama_k', 2e-4],
  ['llama_rope', 2e-4],
  ['qwen3_k', 2e-4],
  ['gemma3', 2e-5],
] as const;

/** In test/golden/gguf/families: a model of each family as llama.cpp's own converter writes it. */
export const CONVERTED = [
  ...['cohere2', 'gemma2', 'gemma3', 'gpt_neox', 'gpt_neox_sequential', 'granite', 'olmo2', 'phi'],
  ...['phi3', 'phi3_longrope', 'qwen3_moe', 'smollm3', 'starcoder2'],
];

export type ReadGolden = (path: string) => Promise<Uint8Array>;

interface SparseRow {
  next_token_ids: number[];
  probs: number[];
}

/** The parts of golden.json that are compared. */
export interface Golden {
  sequences: number[][];
  adapter: { scale: number };
  training: {
    epsilon: number;
    tau: number;
    examples: { prompt_ids: number[]; completion_ids: number[]; targets: SparseRow[] }[];
    soft_loss: number;
    hard_loss: number;
    adamw: {
      lr: number;
      betas: [number, number];
      eps: number;
      weight_decay: number;
    };
  };
  trie?: {
    prompt_ids: number[];
    nodes: {
      parent: number | null;
      token: number | null;
      depth: number;
      target?: SparseRow;
      reach: number;
    }[];
    loss_with_adapter: number;
  };
}

export interface GoldenModel {
  readonly golden: Golden;
  readonly decoder: Decoder;
  readonly adapter: LoraAdapter;
  /** Tensors of one of the golden safetensors files. */
  tensors(file: string): Promise<Map<string, { shape: readonly number[]; values: Float32Array }>>;
  dispose(): void;
}

/** What a model is read from, by the folder of the models. */
const FILES = { models: ['config.json', 'model.safetensors'], gguf: ['model.gguf'] };

export async function loadGoldenModel(
  name: string,
  read: ReadGolden,
  kind: keyof typeof FILES = 'models',
): Promise<GoldenModel> {
  const file = (path: string) => read(`${kind}/${name}/${path}`);
  const json = async (path: string) => JSON.parse(new TextDecoder().decode(await file(path)));
  const tensors = async (path: string) => {
    const stored = readSafetensors(await file(path), path).tensors;
    return new Map(
      [...stored].map(([key, tensor]) => [key, { shape: tensor.shape, values: tensor.read() }]),
    );
  };
  const golden = goldenFrom(await json('golden.json'));
  // A reader may fail for files that are not there; a folder says that it has none.
  const base: ModelFiles = Object.assign(
    async (path: string) => (FILES[kind].includes(path) ? file(path) : undefined),
    { names: async () => FILES[kind] },
  );
  const { decoder } = await loadDecoder(base);
  const folder: ModelFiles = (path) => file(`adapter/${path}`);
  const adapter = loraFromFile(decoder.spec, await readAdapter(folder, decoder.spec));
  return {
    golden,
    decoder,
    adapter,
    tensors,
    dispose: () => {
      decoder.dispose();
      adapter.dispose();
    },
  };
}

/** Losses have other names beside the GGUF files. */
function goldenFrom(parsed: object): Golden {
  const { training, ...rest } = parsed as Golden & {
    training: { losses_with_adapter?: { soft: number; hard: number } };
  };
  const losses = training.losses_with_adapter;
  if (!losses) return { training, ...rest };
  return { training: { ...training, soft_loss: losses.soft, hard_loss: losses.hard }, ...rest };
}

/** PEFT's name of an adapter tensor without its wrapper prefix. */
export const moduleName = (key: string) => key.replace(/^base_model\.model\./, '');
