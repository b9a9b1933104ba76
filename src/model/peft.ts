// LoRA adapters as PEFT stores them: adapter_config.json and adapter_model.safetensors.
import { InputError } from '../core/errors.ts';
import { shown } from './checked.ts';
import {
  modulePath,
  projectionShape,
  projectionsOf,
  type DecoderSpec,
  type Projection,
} from './decoder-spec.ts';
import { requiredFile, requiredJson, type ModelFiles } from './model-files.ts';
import { peftConfigFrom } from './peft-config.ts';
import { readSafetensors } from './safetensors.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { writeSafetensors, type TensorToWrite } from './safetensors-writer.ts';

export interface AdapterFile {
  readonly rank: number;
  readonly alpha: number;
  /** Whether `scaling` is alpha / sqrt(rank) (rsLoRA) and not alpha / rank. */
  readonly rankStabilised: boolean;
  /** y = W x + scaling * B (A x). */
  readonly scaling: number;
  /** Probability of dropping an input of the adapter in training. */
  readonly dropout: number;
  /** The projections that are adapted, in the order of a layer. */
  readonly targets: readonly Projection[];
  /** By module path, e.g. `model.layers.0.self_attn.q_proj`. */
  readonly tensors: ReadonlyMap<string, LoraPair>;
}

export interface LoraPair {
  /** [rank, input features] */
  readonly a: Float32Array;
  /** [output features, rank] */
  readonly b: Float32Array;
}

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
const PREFIX = 'base_model.model.';

/** LoRA's factor on B A x. */
export function loraScaling(rank: number, alpha: number, rankStabilised: boolean): number {
  return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
}

/**
 * Reads an adapter for the given model. The adapted modules are those with tensors in the file;
 * where `target_modules` is a list, both must agree. A pattern is not evaluated: PEFT writes
 * tensors for exactly the modules that it matched.
 * @throws InputError naming the field or the tensor, with expected and found shape.
 */
export async function readAdapter(files: ModelFiles, spec: DecoderSpec): Promise<AdapterFile> {
  const config = peftConfigFrom(await requiredJson(files, CONFIG));
  const { tensors: stored } = readSafetensors(await requiredFile(files, WEIGHTS), WEIGHTS);
  const { r: rank, lora_alpha: alpha, use_rslora: rankStabilised, target_modules } = config;
  const left = new Map(stored);
  const tensors = new Map<string, LoraPair>();
  const targets = new Set<Projection>();
  for (const { path, projection } of projections(spec)) {
    const names = tensorNames(path);
    const expected = isTarget(target_modules, path);
    if (
      expected === false ||
      (expected === undefined && !left.has(names.a) && !left.has(names.b))
    ) {
      continue;
    }
    const [outputs, inputs] = projectionShape(spec, projection);
    const take = (name: string, shape: readonly number[]) => {
      const tensor = fitting(left.get(name), name, shape);
      left.delete(name);
      return tensor.read();
    };
    tensors.set(path, { a: take(names.a, [rank, inputs]), b: take(names.b, [outputs, rank]) });
    targets.add(projection);
  }
  const [foreign] = left.keys();
  if (foreign !== undefined) {
    throw misfit(`tensor ${shown(foreign)} belongs to no projection that is adapted in this model`);
  }
  if (tensors.size === 0) {
    throw misfit(`target_modules ${shown(target_modules)} matches no projection of this model`);
  }
  return {
    rank,
    alpha,
    rankStabilised,
    scaling: loraScaling(rank, alpha, rankStabilised),
    dropout: config.lora_dropout,
    targets: projectionsOf(spec).filter((projection) => targets.has(projection)),
    tensors,
  };
}

/**
 * The files of an adapter folder that PEFT loads: name to contents.
 * @param baseModel What to name as the base model; PEFT does not need it.
 */
export function writeAdapter(
  adapter: AdapterFile,
  spec: DecoderSpec,
  baseModel: string | null = null,
): Map<string, Uint8Array<ArrayBuffer>> {
  const all = projections(spec).filter(({ projection }) => adapter.targets.includes(projection));
  const whole = all.length === adapter.tensors.size;
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    inference_mode: true,
    r: adapter.rank,
    lora_alpha: adapter.alpha,
    lora_dropout: adapter.dropout,
    use_rslora: adapter.rankStabilised,
    use_dora: false,
    target_modules: whole
      ? adapter.targets.map((projection) => modulePath(spec, projection).split('.').at(-1))
      : [...adapter.tensors.keys()],
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    modules_to_save: null,
  };
  const tensors = new Map<string, TensorToWrite>();
  for (const [path, { a, b }] of adapter.tensors) {
    const names = tensorNames(path);
    tensors.set(names.a, { shape: [adapter.rank, a.length / adapter.rank], data: a });
    tensors.set(names.b, { shape: [b.length / adapter.rank, adapter.rank], data: b });
  }
  return new Map([
    [CONFIG, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
    [WEIGHTS, writeSafetensors(tensors)],
  ]);
}

/** What PEFT calls an adapter's parameter, e.g. `model.layers.0.self_attn.q_proj.lora_A.weight`. */
export const peftName = (parameter: string) => `${PREFIX}${parameter}`;

const tensorNames = (path: string) => ({
  a: peftName(`${path}.lora_A.weight`),
  b: peftName(`${path}.lora_B.weight`),
});

function projections(spec: DecoderSpec): { path: string; projection: Projection }[] {
  return Array.from({ length: spec.layers }, (_, layer) =>
    projectionsOf(spec).map((projection) => ({
      path: modulePath(spec, projection, layer),
      projection,
    })),
  ).flat();
}

/** PEFT's rule: a listed name is the path or its dotted end. Undefined where only the file can tell. */
function isTarget(targets: string | string[], path: string): boolean | undefined {
  if (targets === 'all-linear') return true;
  if (typeof targets === 'string') return undefined;
  return targets.some((name) => path === name || path.endsWith(`.${name}`));
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

function misfit(problem: string): InputError {
  return new InputError(
    `${WEIGHTS}: ${problem}.`,
    'Use an adapter that was trained on this model.',
    'adapter',
  );
}
