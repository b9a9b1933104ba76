// Low-rank adapters: W x becomes W x + scaling * B (A dropout(x)) on chosen projections.
import { InputError } from '../../core/errors.ts';
import { randomStream } from '../../core/random.ts';
import type { LoraBranch, LoraPart, RowsWithin } from '../../tensor/ops/linear/linear.ts';
import * as tf from '../../tensor/tf.ts';
import { modulePath, outputOrder, projectionShape } from '../spec/decoder-spec.ts';
import type { DecoderSpec, Projection } from '../spec/decoder-spec.ts';
import { groupParts, LINEAR_GROUPS } from '../spec/fused-tensors.ts';
import type { LinearGroup } from '../spec/fused-tensors.ts';
import { shapeOf } from './peft.ts';
import type { LoraPair } from './lora-pair.ts';
import type { AdapterFile } from './peft.ts';

export interface LoraConfig {
  readonly rank: number;
  readonly alpha: number;
  /** Probability that an input of the adapter is dropped while training. */
  readonly dropout: number;
  readonly targets: readonly Projection[];
}

/** Dropout in one pass over the model. */
export interface PassDropout {
  readonly rate: number;
  /** Unsigned 32 bits, another in every pass. */
  readonly seed: number;
  /** Where the slots of this pass lie among those of a larger one, as part of which they are dropped. */
  readonly within?: RowsWithin;
}

/** Where one of the adapter's tensors lies in its flat buffer. */
export interface LoraTensor {
  readonly start: number;
  /** A [rank, inputs], B [outputs, rank], the rank the module's own. */
  readonly shape: readonly [number, number];
  /** Entries from one row to the next in the buffer, where a module of less rank has zeros at the ends. */
  readonly stride: number;
  /** The file's row of each row here; as in the file where it is left out. */
  readonly order?: Int32Array;
}

/** What one module's branch is made of. */
export interface LoraShape {
  readonly rank: number;
  /** alpha / rank, or alpha / sqrt(rank) for rank-stabilised adapters. */
  readonly scaling: number;
}

/**
 * A LoRA adapter. All its values lie in one buffer, group by group: the A of a group's projections
 * one after the other, then their B, so that a group is one small product and the optimizer one kernel.
 * Modules of less rank than the greatest are filled up: A with rows, B with columns of zeros, which get
 * no gradient and stay zeros.
 */
export class LoraAdapter {
  /** The greatest of its modules. */
  readonly rank: number;
  /** By path. */
  readonly modules: ReadonlyMap<string, LoraShape>;
  /** `<module>.lora_A.weight` and `<module>.lora_B.weight`. */
  readonly tensors: ReadonlyMap<string, LoraTensor>;
  /** [total]; replaced by every optimizer step. */
  values: tf.Tensor1D;
  readonly #groups: ReadonlyMap<string, Pick<LoraBranch, 'aStart' | 'parts'>>;

  /** @param modules by path @param values gives the values of a tensor by its name */
  constructor(
    spec: DecoderSpec,
    modules: ReadonlyMap<string, LoraShape>,
    values: (name: string, tensor: LoraTensor) => Float32Array,
  ) {
    this.modules = modules;
    this.rank = [...modules.values()].reduce((most, { rank }) => Math.max(most, rank), 0);
    const { tensors, groups, total } = layoutOf(spec, this.rank, modules);
    this.tensors = tensors;
    this.#groups = groups;
    this.values = tf.keep(tf.zeros([total]));
    const given = new Map<string, Float32Array>();
    for (const [name, tensor] of tensors) given.set(name, values(name, tensor));
    this.replace(this.joined(given));
  }

  /** One whose values are still to come. */
  static empty(spec: DecoderSpec, modules: ReadonlyMap<string, LoraShape>): LoraAdapter {
    const zeros = ({ shape: [rows, columns] }: LoraTensor) => new Float32Array(rows * columns);
    return new LoraAdapter(spec, modules, (_, tensor) => zeros(tensor));
  }

  /** Takes `flat` over as the new values. */
  replace(flat: tf.Tensor1D): void {
    this.values.dispose();
    this.values = tf.keep(flat);
  }

  /** The branch of one group of projections; undefined if none of them is adapted. */
  branch(layer: number, group: LinearGroup, dropout?: PassDropout): LoraBranch | undefined {
    const part = this.#groups.get(groupKey(layer, group));
    if (part === undefined) return undefined;
    const { values: parameters, rank } = this;
    if (dropout === undefined) return { parameters, rank, ...part };
    const seed = mixed(dropout.seed, layer * LINEAR_GROUPS.length + LINEAR_GROUPS.indexOf(group));
    return { parameters, rank, ...part, dropout: { ...dropout, seed } };
  }

  /** Cuts a flat buffer, of values or of gradients, into the adapter's tensors. */
  split(flat: Float32Array): Map<string, { shape: number[]; values: Float32Array }> {
    return new Map(
      [...this.tensors].map(
        ([
          name,
          {
            start,
            shape: [rows, columns],
            stride,
            order,
          },
        ]) => {
          const values = new Float32Array(rows * columns);
          for (let row = 0; row < rows; row++) {
            const from = start + row * stride;
            const to = (order?.[row] ?? row) * columns;
            values.set(flat.subarray(from, from + columns), to);
          }
          return [name, { shape: [rows, columns], values }];
        },
      ),
    );
  }

  /** The flat buffer of tensors that `split` could have cut it into: [total] */
  joined(parts: ReadonlyMap<string, Float32Array>): tf.Tensor1D {
    const flat = new Float32Array(this.values.size);
    for (const [
      name,
      {
        start,
        shape: [rows, columns],
        stride,
        order,
      },
    ] of this.tensors) {
      const values = parts.get(name)!;
      for (let row = 0; row < rows; row++) {
        const from = (order?.[row] ?? row) * columns;
        flat.set(values.subarray(from, from + columns), start + row * stride);
      }
    }
    return tf.tensor1d(flat);
  }

  dispose(): void {
    this.values.dispose();
  }
}

export const loraNames = (module: string) => ({
  a: `${module}.lora_A.weight`,
  b: `${module}.lora_B.weight`,
});

const groupKey = (layer: number, group: LinearGroup) => `${layer}.${group}`;

/** Two integers to one of 32 bits: the finaliser of MurmurHash3. */
function mixed(seed: number, salt: number): number {
  let h = (seed ^ Math.imul(salt + 1, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function layoutOf(spec: DecoderSpec, rank: number, modules: ReadonlyMap<string, LoraShape>) {
  const tensors = new Map<string, LoraTensor>();
  const groups = new Map<string, Pick<LoraBranch, 'aStart' | 'parts'>>();
  let total = 0;
  const place = (
    name: string,
    shape: LoraTensor['shape'],
    size: number,
    stride: number,
    order?: Int32Array,
  ) => {
    tensors.set(name, { start: total, shape, stride, ...(order && { order }) });
    total += size;
  };
  for (let layer = 0; layer < spec.layers; layer++) {
    for (const group of LINEAR_GROUPS) {
      const aStart = total;
      let row = 0;
      const adapted: {
        first: number;
        size: number;
        module: string;
        own: LoraShape;
        order: Int32Array | undefined;
      }[] = [];
      for (const part of groupParts(spec, group)) {
        const [outputs, inputs] = projectionShape(spec, part);
        const module = modulePath(spec, part, layer);
        const own = modules.get(module);
        if (own !== undefined) {
          adapted.push({ first: row, size: outputs, module, own, order: outputOrder(spec, part) });
          place(loraNames(module).a, [own.rank, inputs], rank * inputs, inputs);
        }
        row += outputs;
      }
      if (adapted.length === 0) continue;
      const parts = adapted.map(({ first, size, module, own, order }): LoraPart => {
        const bStart = total;
        place(loraNames(module).b, [size, own.rank], size * rank, rank, order);
        return { first, size, bStart, scaling: own.scaling };
      });
      groups.set(groupKey(layer, group), { aStart, parts });
    }
  }
  return { tensors, groups, total };
}

/** The modules that projections mean, layer by layer, with their projections. */
function* modulesOf(spec: DecoderSpec, targets: readonly Projection[]) {
  for (let layer = 0; layer < spec.layers; layer++) {
    for (const part of targets) yield [modulePath(spec, part, layer), part] as const;
  }
}

/**
 * What a fresh adapter holds, which changes nothing yet: A uniform in ±1/sqrt(in) (PEFT's
 * Kaiming-uniform with a = sqrt(5)), B zero. It depends on the seed and the shape of the model alone.
 */
export function freshAdapter(spec: DecoderSpec, config: LoraConfig, seed: number): AdapterFile {
  const tensors = new Map<string, LoraPair>();
  for (const [module, part] of modulesOf(spec, config.targets)) {
    const [outputs, inputs] = projectionShape(spec, part);
    const random = randomStream(seed, 'lora', module);
    const bound = 1 / Math.sqrt(inputs);
    tensors.set(module, {
      a: new Float32Array(config.rank * inputs).map(() => (2 * random.uniform() - 1) * bound),
      b: new Float32Array(outputs * config.rank),
    });
  }
  return { ...config, rankStabilised: false, tensors };
}

/** The same on the present backend. */
export const createLora = (spec: DecoderSpec, config: LoraConfig, seed: number): LoraAdapter =>
  loraFromFile(spec, freshAdapter(spec, config, seed));

/**
 * An adapter read from PEFT files, on the present backend.
 * @throws InputError for one that changes what is frozen here
 */
export function loraFromFile(spec: DecoderSpec, file: AdapterFile): LoraAdapter {
  const { tensors } = file;
  if (file.changesFrozen) {
    throw new InputError(
      'The adapter changes experts or routers, which are frozen here.',
      'Merge it into its model first (lab merge).',
      'adapter',
    );
  }
  const modules = new Map([...tensors].map(([path, pair]) => [path, shapeOf(file, pair)]));
  return new LoraAdapter(spec, modules, (name) => {
    const [, module, side] = /^(.*)\.lora_([AB])\.weight$/.exec(name)!;
    const pair = tensors.get(module!)!;
    return side === 'A' ? pair.a : pair.b;
  });
}

/** What PEFT files are written from. @param values of all adapter tensors, by name */
export function loraToFile(
  config: LoraConfig,
  values: ReadonlyMap<string, { readonly values: Float32Array }>,
): AdapterFile {
  const tensors = new Map<string, LoraPair>();
  for (const name of values.keys()) {
    const module = name.replace(/\.lora_[AB]\.weight$/, '');
    const names = loraNames(module);
    tensors.set(module, { a: values.get(names.a)!.values, b: values.get(names.b)!.values });
  }
  return { ...config, rankStabilised: false, tensors };
}
