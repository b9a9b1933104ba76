// A kernel's run that is to be compared with what the processor makes of the same inputs, and whether it is right.
import { randomStream } from '../../core/random.ts';
import { kernelDefinition } from '../kernel.ts';
import * as tf from '../tf.ts';
import { Restored } from './held.ts';
import type { Given } from './held.ts';
import type { Snapshot, TensorValues } from './snapshots.ts';

/**
 * The largest difference, as a share of the largest value of a result, or of what was summed to it: see
 * `conditions`. Kernels that are right come within 1e-5; one rounding of inputs to bfloat16 leaves 1e-3.
 */
const TOLERANCE = 1e-4;

/** Inputs are changed by this share to see how much a result depends on them. */
const CHANGE = 2 ** -10;

/** Signs of the changes are drawn so often: that all draws happen to cancel is one in a million. */
const CHANGES = 8;

/** A kernel's run that is to be compared: what it was given and what it made. */
export interface KernelRecord {
  readonly kernelName: string;
  readonly programs: ReadonlySet<string>;
  readonly inputs: Given;
  readonly attrs: Given;
  readonly outputs: readonly Snapshot[];
  /** Arguments after the run, of those that it changes. */
  readonly changed: ReadonlyMap<string, Snapshot>;
}

/** Whether a kernel's results are the composition's, as far as their inputs determine them. */
export function isRight(record: KernelRecord): boolean {
  const made = [...record.outputs.slice(0, comparedOutputs(record)), ...record.changed.values()];
  const expected = recomputed(record);
  const differ = made.flatMap((own, i) => (isClose(own, expected[i]!) ? [] : [i]));
  if (differ.length === 0) return true;
  const scales = conditions(record, expected);
  return differ.every((i) => isClose(made[i]!, expected[i]!, scales[i]));
}

const comparedOutputs = ({ kernelName, outputs }: KernelRecord) =>
  kernelDefinition(kernelName)?.outputs ?? outputs.length;

/** What the processor makes of a record's inputs: the compared outputs, then what is changed in place. */
function recomputed(record: KernelRecord, change?: (values: TensorValues) => void): TensorValues[] {
  return tf.tidy(() => {
    const definition = kernelDefinition(record.kernelName);
    const tensors = new Restored(change);
    const attrs = tensors.in(record.attrs) as { [name: string]: unknown };
    const outputs = definition
      ? (definition.oracle ?? definition.composed)(attrs)
      : [
          tf
            .engine()
            .runKernel(
              record.kernelName,
              tensors.in(record.inputs) as tf.NamedTensorMap,
              attrs as unknown as tf.NamedAttrMap,
            ),
        ].flat();
    const changed = [...record.changed.keys()].map((name) => attrs[name] as tf.Tensor);
    return [...outputs.slice(0, comparedOutputs(record)), ...changed].map(
      (tensor) => tensor.dataSync() as TensorValues,
    );
  });
}

/**
 * For every value of the results how far it moves, by the relative size of the change, where every input
 * changes a little up or down: about the root of the sum of squares of the terms that it is a sum of. Where
 * these cancel it is larger than the value, and an error of rounding is small beside it alone.
 */
function conditions(record: KernelRecord, expected: readonly TensorValues[]): Float64Array[] {
  const scales = expected.map(({ length }) => new Float64Array(length));
  const random = randomStream(1, 'audit');
  for (let draw = 0; draw < CHANGES; draw++) {
    const moved = recomputed(record, (values) => {
      for (let i = 0; i < values.length; i++) {
        values[i]! *= random.uniform() < 0.5 ? 1 + CHANGE : 1 - CHANGE;
      }
    });
    for (const [i, scale] of scales.entries()) {
      for (let j = 0; j < scale.length; j++) {
        const distance = Math.abs(moved[i]![j]! - expected[i]![j]!) / CHANGE;
        if (distance > scale[j]! && distance < Infinity) scale[j] = distance;
      }
    }
  }
  return scales;
}

/** @param scales of single values, where larger than the largest value */
function isClose(
  { values, dtype }: Snapshot,
  expected: TensorValues,
  scales?: Float64Array,
): boolean {
  if (values.length !== expected.length) return false;
  const exact = dtype !== 'float32';
  const scale = largest(expected);
  return values.every((value, i) => {
    const other = expected[i]!;
    const allowed = exact ? 0 : TOLERANCE * Math.max(scale, scales?.[i] ?? 0);
    // NaN is close to nothing; equal infinities are.
    return value === other || Math.abs(value - other) <= allowed;
  });
}

function largest(values: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > top && size < Infinity) top = size;
  }
  return top;
}
