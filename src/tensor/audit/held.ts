// What a kernel was given, with copies in the place of its tensors, and back.
import * as tf from '../tf.ts';
import type { Snapshot, Snapshots, TensorValues } from './snapshots.ts';

/** Arguments of a kernel, a `Held` in the place of every tensor. */
export type Given = unknown;

class Held {
  constructor(readonly snapshot: Snapshot) {}
}

export const isTensor = (value: object): value is tf.TensorInfo => 'dataId' in value;

/** The same with the tensors as they are now. */
export function held(given: unknown, snapshots: Snapshots): Given {
  return mapped(given, (value) => (isTensor(value) ? new Held(snapshots.take(value)) : undefined));
}

/** Tensors in the place of what was held, on the present backend. */
export class Restored {
  readonly #tensors = new Map<Snapshot, tf.Tensor>();

  /** @param change of the values of float tensors, in place */
  constructor(private readonly change: (values: TensorValues) => void = () => {}) {}

  in(given: Given): unknown {
    return mapped(given, (value) => (value instanceof Held ? this.#of(value.snapshot) : undefined));
  }

  #of(snapshot: Snapshot): tf.Tensor {
    const known = this.#tensors.get(snapshot);
    if (known) return known;
    const { shape, dtype } = snapshot;
    // A copy: compositions that change an argument do it where its values lie.
    const values = snapshot.values.slice();
    if (dtype === 'float32') this.change(values);
    const tensor = tf.tensor(values, shape, dtype);
    this.#tensors.set(snapshot, tensor);
    return tensor;
  }
}

/** Plain data with what `change` makes of an object in its place, where it makes something. */
export function mapped(value: unknown, change: (value: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((entry) => mapped(entry, change));
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, mapped(v, change)]));
}
