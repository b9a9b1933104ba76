// LoRA adapters as llama.cpp loads them: one GGUF file, read and written.
import { InputError } from '../core/errors.ts';
import type { LoraPair } from './adapter/lora-pair.ts';
import { shapeOf, type AdapterFile } from './adapter/peft.ts';
import { adaptableModules } from './adapter/peft-targets.ts';
import { MODEL_FAMILIES } from './families/index.ts';
import { shown } from './files/checked.ts';
import type { ModelFiles } from './files/model-files.ts';
import type { GgufDialect } from './gguf/dialect.ts';
import { unusable } from './gguf/faults.ts';
import { openGguf, type GgufFile } from './gguf/open.ts';
import { ggufTensor } from './gguf/tensor.ts';
import { writeGguf, type GgufValue, type TensorInMemory } from './gguf/writer.ts';
import { ggufNames } from './gguf-names.ts';
import {
  projectionShape,
  projectionsOf,
  type DecoderSpec,
  type Projection,
} from './spec/decoder-spec.ts';

const OTHER = 'Use an adapter that was trained on this model.';

/** A module of the model, and where a GGUF file has its weight. */
interface Place {
  readonly path: string;
  readonly projection: Projection;
  /** With `.weight` at its end. */
  readonly stored: string;
  /** The row of the file that is each row of B, within every so many rows. */
  readonly order: readonly number[] | undefined;
}

/**
 * Reads an adapter for the given model.
 * @throws InputError where the file is no LoRA adapter, or not of this model
 */
export async function readGgufAdapter(
  files: ModelFiles,
  name: string,
  spec: DecoderSpec,
): Promise<AdapterFile> {
  const file = await openGguf(files, name);
  const { metadata, entries } = file;
  checkKind(file, dialectOf(spec));
  const alpha = metadata.number('adapter.lora.alpha') ?? 0;
  if (!Number.isFinite(alpha) || alpha < 0) {
    throw unusable(name, `adapter.lora.alpha is ${alpha}`, 'Save the adapter again.', 'adapter');
  }
  const left = new Set(entries.keys());
  const tensors = new Map<string, LoraPair & { readonly rank: number }>();
  const targets = new Set<Projection>();
  for (const { path, projection, stored, order } of placesOf(spec)) {
    const [a, b] = [`${stored}.lora_a`, `${stored}.lora_b`];
    if (!left.has(a) && !left.has(b)) continue;
    const [outputs, inputs] = projectionShape(spec, projection);
    const rank = entries.get(a)?.shape[0] ?? 0;
    const values = async (tensor: string, shape: readonly number[], rows?: readonly number[]) => {
      const entry = entries.get(tensor);
      left.delete(tensor);
      if (entry && String(entry.shape) === String(shape)) {
        return ggufTensor(entry, file.load, file.where(tensor), { order: rows }).read();
      }
      const found = entry ? `has shape ${shown(entry.shape)}, expected` : 'is missing, of shape';
      throw unusable(name, `tensor ${shown(tensor)} ${found} ${shown(shape)}`, OTHER, 'adapter');
    };
    tensors.set(path, {
      rank,
      // Without an alpha the product of the two is taken as it is.
      ...(alpha === 0 && { alpha: rank }),
      a: await values(a, [rank, inputs]),
      b: await values(b, [outputs, rank], order),
    });
    targets.add(projection);
  }
  const [foreign] = left;
  const [first] = tensors.values();
  if (foreign !== undefined || first === undefined) {
    const problem =
      foreign === undefined
        ? 'adapts nothing'
        : `tensor ${shown(foreign)} belongs to no projection that is adapted in this model`;
    throw unusable(name, problem, OTHER, 'adapter');
  }
  return {
    rank: first.rank,
    alpha: alpha || first.rank,
    rankStabilised: false,
    dropout: 0,
    targets: projectionsOf(spec).filter((projection) => targets.has(projection)),
    tensors: new Map([...tensors].map(([path, pair]) => [path, ownRank(pair, first.rank)])),
  };
}

/** A pair keeps its rank only where it is not the adapter's. */
function ownRank({ rank, ...pair }: LoraPair & { readonly rank: number }, usual: number): LoraPair {
  return rank === usual ? pair : { ...pair, rank };
}

/** @throws InputError for a file that llama.cpp would refuse, too */
function checkKind({ metadata, source }: GgufFile, { architecture }: GgufDialect): void {
  const expected = {
    'general.type': 'adapter',
    'adapter.type': 'lora',
    'general.architecture': architecture,
  };
  for (const [key, value] of Object.entries(expected)) {
    const found = metadata.text(key);
    if (found === value) continue;
    const problem = `${key} is ${found === undefined ? 'missing' : shown(found)}, expected ${shown(value)}`;
    throw unusable(source, problem, `Give a LoRA adapter of this model. ${OTHER}`, 'adapter');
  }
}

/**
 * The file of an adapter. It has one alpha for all modules; what a module's own scaling is beside that goes
 * into its B.
 * @throws InputError for a family that GGUF files do not have, or an adapter of experts
 */
export function writeGgufAdapter(adapter: AdapterFile, spec: DecoderSpec): Uint8Array<ArrayBuffer> {
  const { architecture } = dialectOf(spec);
  if (adapter.changesFrozen) {
    throw new InputError(
      'The adapter changes experts or routers, which is not written as a GGUF file of its own.',
      'Merge it into its model (lab merge --to gguf), or keep the PEFT layout.',
      'adapter',
    );
  }
  const usual = shapeOf(adapter);
  const alpha = usual.scaling * usual.rank;
  const tensors = new Map<string, TensorInMemory>();
  for (const { path, projection, stored, order } of placesOf(spec)) {
    const pair = adapter.tensors.get(path);
    if (pair === undefined) continue;
    const [outputs, inputs] = projectionShape(spec, projection);
    const { rank, scaling } = shapeOf(adapter, pair);
    const factor = (scaling * rank) / alpha;
    const b = new Float32Array(pair.b.length);
    for (let row = 0; row < outputs; row++) {
      const within = order ? row % order.length : 0;
      const to = order ? row - within + order[within]! : row;
      for (let i = 0; i < rank; i++) b[to * rank + i] = factor * pair.b[row * rank + i]!;
    }
    tensors.set(`${stored}.lora_a`, { type: 'F32', shape: [rank, inputs], bytes: bytesOf(pair.a) });
    tensors.set(`${stored}.lora_b`, { type: 'F32', shape: [outputs, rank], bytes: bytesOf(b) });
  }
  const keys = new Map<string, GgufValue>([
    ['general.architecture', architecture],
    ['general.type', 'adapter'],
    ['adapter.type', 'lora'],
    ['adapter.lora.alpha', { f32: alpha }],
  ]);
  return writeGguf(keys, tensors);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

function placesOf(spec: DecoderSpec): Place[] {
  const byName = new Map(
    [...ggufNames(spec, dialectOf(spec))].map(([stored, { names, order }]) => [
      names[0]!,
      { stored, order },
    ]),
  );
  return adaptableModules(spec).flatMap(({ path, projection }) => {
    const found = byName.get(`${path}.weight`);
    return found ? [{ path, projection, ...found }] : [];
  });
}

const familyOf = (spec: DecoderSpec) => MODEL_FAMILIES.find(({ type }) => type === spec.family);

/** Whether GGUF files have the family. */
export const hasGguf = (spec: DecoderSpec): boolean => familyOf(spec)?.gguf !== undefined;

function dialectOf(spec: DecoderSpec): GgufDialect {
  const dialect = familyOf(spec)?.gguf;
  if (dialect) return dialect;
  const known = MODEL_FAMILIES.flatMap(({ gguf, type }) => (gguf ? [type] : []));
  throw new InputError(
    `Adapters of ${spec.family} cannot be GGUF files here.`,
    `Use the PEFT layout; GGUF is there for ${known.join(', ')}.`,
    'adapter',
  );
}
