// LoRA adapters as PEFT stores them: adapter_config.json and adapter_model.safetensors, read.
import { InputError } from '../../core/errors.ts';
import { bareName } from '../files/bare-name.ts';
import { jsonObject, shown } from '../files/checked.ts';
import { refuseLarge } from '../files/size-limits.ts';
import {
  projectionShape,
  projectionsOf,
  type DecoderSpec,
  type Projection,
} from '../spec/decoder-spec.ts';
import type { ModelFiles } from '../files/model-files.ts';
import { peftConfigFrom } from './peft-config.ts';
import { adaptableModules, isTarget, patternValue } from './peft-targets.ts';
import type { LoraPair } from './lora-pair.ts';
import { expertPairs, frozenMaps, stackedExperts } from './frozen-maps.ts';
import { readSafetensors } from '../files/safetensors.ts';
import type { StoredTensor } from '../files/stored-tensor.ts';

export interface AdapterFile {
  /** The name or path of the model that it was trained on, where the file says so. */
  readonly baseModel?: string;
  /** Of every module that has none of its own. */
  readonly rank: number;
  readonly alpha: number;
  /** Whether scalings are alpha / sqrt(rank) (rsLoRA) and not alpha / rank. */
  readonly rankStabilised: boolean;
  /** Probability of dropping an input of the adapter in training. */
  readonly dropout: number;
  /** The projections that are adapted, in the order of a layer. */
  readonly targets: readonly Projection[];
  /** By module path, e.g. `model.layers.0.self_attn.q_proj`. */
  readonly tensors: ReadonlyMap<string, LoraPair>;
  /** Whether some are of `frozenMaps`, so that it can only be merged. */
  readonly changesFrozen?: boolean;
}

export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';
const PREFIX = 'base_model.model.';

/** What PEFT calls an adapter's parameter, e.g. `model.layers.0.self_attn.q_proj.lora_A.weight`. */
export const peftName = (parameter: string) => `${PREFIX}${parameter}`;

/** LoRA's factor on B A x. */
export function loraScaling(rank: number, alpha: number, rankStabilised: boolean): number {
  return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
}

/** Rank, alpha and scaling of one module of an adapter. */
export function shapeOf(adapter: Omit<AdapterFile, 'tensors'>, own: Partial<LoraPair> = {}) {
  const { rank = adapter.rank, alpha = adapter.alpha } = own;
  return { rank, alpha, scaling: loraScaling(rank, alpha, adapter.rankStabilised) };
}

/**
 * Reads an adapter for the given model. The adapted modules are those with tensors in the file;
 * where `target_modules` is a plain list, both must agree. Modules may have a rank and an alpha of
 * their own (`rank_pattern`, `alpha_pattern`).
 * @throws InputError naming the field or the tensor, with expected and found shape.
 */
export async function readAdapter(files: ModelFiles, spec: DecoderSpec): Promise<AdapterFile> {
  const described = await adapterFile(files, ADAPTER_CONFIG);
  refuseLarge(ADAPTER_CONFIG, described.length);
  const config = peftConfigFrom(jsonObject(described, ADAPTER_CONFIG), ADAPTER_CONFIG, {
    adaptsParameters: stackedExperts(spec).length > 0,
  });
  const left = namedTensors(await adapterFile(files, ADAPTER_WEIGHTS));
  const pairs = new Map<string, LoraPair>();
  const targets = new Set<Projection>();
  const namesOf = (path: string) =>
    storedNames(path).find(({ a, b }) => left.has(a) || left.has(b));
  const take = (name: string, shape: readonly number[]) => {
    const { tensor, storedAs = peftName(name) } = left.get(name) ?? {};
    left.delete(name);
    return fitting(tensor, storedAs, shape).read();
  };
  /** @param copies of the matrices that lie in one, A below and B beside the other */
  const pairOf = (path: string, [outputs, inputs]: Shape, storedAs = path, copies = 1) => {
    const rank = patternValue(config.rank_pattern, path) ?? config.r;
    const alpha = patternValue(config.alpha_pattern, path) ?? config.lora_alpha;
    const { a, b } = namesOf(storedAs) ?? storedNames(storedAs)[0]!;
    return {
      ...(rank !== config.r && { rank }),
      ...(alpha !== config.lora_alpha && { alpha }),
      a: take(a, [copies * rank, inputs]),
      b: take(b, [outputs, rank * copies]),
    };
  };
  for (const { path, projection } of adaptableModules(spec)) {
    const expected = isTarget(config, path);
    if (expected === false || (expected === undefined && !namesOf(path))) continue;
    pairs.set(path, pairOf(path, projectionShape(spec, projection)));
    targets.add(projection);
  }
  const trainable = pairs.size;
  for (const { path, outputs, inputs } of frozenMaps(spec)) {
    if (namesOf(path)) pairs.set(path, pairOf(path, [outputs, inputs]));
  }
  for (const stacked of stackedExperts(spec)) {
    const { path, storedAs, outputs, inputs, experts } = stacked;
    if (!namesOf(storedAs)) continue;
    const all = pairOf(path, [outputs, inputs], storedAs, experts);
    for (let index = 0; index < experts; index++) {
      const own = expertPairs(stacked, all, all.rank ?? config.r, index);
      for (const [path, pair] of own) pairs.set(path, pair);
    }
  }
  const [foreign] = left.values();
  if (foreign !== undefined) {
    refuseOtherParts(foreign.storedAs);
    throw misfit(
      `tensor ${shown(foreign.storedAs)} belongs to no projection that is adapted in this model`,
    );
  }
  if (pairs.size === 0) {
    throw misfit(
      `target_modules ${shown(config.target_modules)} matches no projection of this model`,
    );
  }
  const baseModel = config.base_model_name_or_path;
  return {
    ...(baseModel && { baseModel }),
    rank: config.r,
    alpha: config.lora_alpha,
    rankStabilised: config.use_rslora,
    dropout: config.lora_dropout,
    targets: projectionsOf(spec).filter((projection) => targets.has(projection)),
    tensors: pairs,
    ...(pairs.size > trainable && { changesFrozen: true }),
  };
}

type Shape = readonly [outputs: number, inputs: number];

/** By names without PEFT's prefix and without the name that an adapter has in memory. */
function namedTensors(bytes: Uint8Array) {
  const named = new Map<string, { readonly storedAs: string; readonly tensor: StoredTensor }>();
  for (const [storedAs, tensor] of readSafetensors(bytes, ADAPTER_WEIGHTS).tensors) {
    const name = storedAs
      .replace(/^base_model\.model\./, '')
      .replace(/(\.lora_[AB])\.default\.weight$/, '$1.weight');
    if (named.has(name)) throw misfit(`tensor ${shown(storedAs)} is there under two names`);
    named.set(name, { storedAs, tensor });
  }
  return named;
}

/** An adapter trained on the bare model leaves out the first part of a module's path. */
function storedNames(path: string): { a: string; b: string }[] {
  return [path, bareName(path)].map((module) => ({
    a: `${module}.lora_A.weight`,
    b: `${module}.lora_B.weight`,
  }));
}

/** @throws InputError where the tensor adapts, or replaces, what is no projection of a layer */
function refuseOtherParts(storedAs: string): void {
  const [, head] = /(?:^|\.)(lm_head|embed_out)\./.exec(storedAs) ?? [];
  const [, embedding] =
    /(?:^|\.)(embed_tokens|embed_in|wte|wpe|word_embeddings)\./.exec(storedAs) ?? [];
  const part = head ?? embedding;
  if (part === undefined) return;
  throw new InputError(
    `${ADAPTER_WEIGHTS}: tensor ${shown(storedAs)} changes ${part}, the model's ${head ? 'output head' : 'embedding'}; only projections of the layers can be adapted here.`,
    `Train the adapter without ${part}, or merge it into its model with PEFT (merge_and_unload) and use the result.`,
    'adapter',
  );
}

function fitting(
  tensor: StoredTensor | undefined,
  name: string,
  shape: readonly number[],
): StoredTensor {
  if (!tensor) throw misfit(`tensor ${shown(name)} of shape ${shown(shape)} is missing`);
  if (String(tensor.shape) === String(shape)) return tensor;
  throw misfit(`tensor ${shown(name)} has shape ${shown(tensor.shape)}, expected ${shown(shape)}`);
}

async function adapterFile(files: ModelFiles, name: string): Promise<Uint8Array> {
  const bytes = await files(name);
  if (bytes) return bytes;
  throw new InputError(
    `${name} is missing.`,
    `Give a folder as PEFT saves it: ${ADAPTER_CONFIG} and ${ADAPTER_WEIGHTS} (save adapters of the older adapter_model.bin again).`,
    'adapter',
  );
}

function misfit(problem: string): InputError {
  return new InputError(
    `${ADAPTER_WEIGHTS}: ${problem}.`,
    'Use an adapter that was trained on this model.',
    'adapter',
  );
}
