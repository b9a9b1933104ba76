// Comparing every kernel that an action runs with what the processor makes of the same inputs.
import { WrongResultError } from '../device-errors.ts';
import { kernelDefinition } from '../kernel.ts';
import * as tf from '../tf.ts';
import { listen } from './recording.ts';
import type { KernelCall } from './recording.ts';
import { Snapshots } from './snapshots.ts';
import type { Snapshot } from './snapshots.ts';

/**
 * The largest difference, as a share of the largest value of a result. Kernels that are right come
 * within 1e-5; one rounding of inputs to bfloat16 leaves 1e-3.
 */
const TOLERANCE = 1e-4;

/** On so many shapes: the largest that there are come first, in training. */
const MOST_ALIKE = 2;

/** A kernel's run that is to be compared: what it was given and what it made. */
interface Record {
  readonly kernelName: string;
  readonly programs: ReadonlySet<string>;
  readonly inputs: Given;
  readonly attrs: Given;
  readonly outputs: readonly Snapshot[];
  /** Arguments after the run, of those that it changes. */
  readonly changed: ReadonlyMap<string, Snapshot>;
}

/** Arguments of a kernel, a `Held` in the place of every tensor. */
type Given = unknown;

class Held {
  constructor(readonly snapshot: Snapshot) {}
}

/**
 * Runs `action` and compares every kernel with its composition on the cpu backend; where the same
 * programs run with the same numbers, the first `MOST_ALIKE` times.
 * @returns the names of all programs that were compared
 * @throws WrongResultError naming those that are wrong
 */
export async function auditKernels(action: () => Promise<void>): Promise<Set<string>> {
  const backend = tf.getBackend();
  const snapshots = new Snapshots();
  const records: Record[] = [];
  const counts = new Map<string, number>();
  const stop = listen({
    before(call) {
      const inputs = held(call.inputs, snapshots);
      const attrs = held(call.attrs, snapshots);
      const changes = kernelDefinition(call.kernelName)?.changes ?? [];
      return (infos, programs) => {
        const key = signature(call, programs);
        for (const name of changes) snapshots.forget(call.attrs[name] as tf.Tensor);
        const alike = (counts.get(key) ?? 0) + 1;
        counts.set(key, alike);
        if (alike > MOST_ALIKE) return;
        const changed = new Map(
          changes.map((name) => [name, snapshots.take(call.attrs[name] as tf.Tensor)]),
        );
        // What another kernel made within this one may have been added to since.
        for (const info of infos) snapshots.forget(info);
        const outputs = infos.map((info) => snapshots.take(info));
        records.push({ ...call, programs, inputs, attrs, outputs, changed });
      };
    },
  });
  try {
    await action();
  } finally {
    stop();
  }
  await snapshots.read();

  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  try {
    return verdict(records.map((record) => [record, isRight(record)] as const));
  } finally {
    await tf.setBackend(backend);
  }
}

/**
 * Of a wrong kernel that runs one program that one is wrong, and taken for the reason of all other
 * wrong kernels that run it; of any further one all its programs are named.
 */
function verdict(results: readonly (readonly [Record, boolean])[]): Set<string> {
  const wrong = results.flatMap(([record, right]) => (right ? [] : [record]));
  const programsOf = (records: readonly Record[]) =>
    records.flatMap(({ programs }) => [...programs]);
  if (wrong.length === 0) return new Set(programsOf(results.map(([record]) => record)));
  const alone = new Set(programsOf(wrong.filter(({ programs }) => programs.size === 1)));
  const further = wrong.filter(({ programs }) => ![...programs].some((name) => alone.has(name)));
  const programs = [...new Set([...alone, ...programsOf(further)])];
  const kernels = [...new Set(wrong.map(({ kernelName }) => kernelName))];
  throw new WrongResultError(
    `it computes wrongly: ${kernels.join(', ')} by ${programs.map((name) => `"${name}"`).join(', ')}`,
    programs,
  );
}

/** Whether a kernel's results are the composition's. */
function isRight(record: Record): boolean {
  return tf.tidy(() => {
    const definition = kernelDefinition(record.kernelName);
    const attrs = restored(record.attrs) as { [name: string]: unknown };
    const expected = definition
      ? (definition.oracle ?? definition.composed)(attrs)
      : [
          tf
            .engine()
            .runKernel(
              record.kernelName,
              restored(record.inputs) as tf.NamedTensorMap,
              attrs as unknown as tf.NamedAttrMap,
            ),
        ].flat();
    const compared = definition?.outputs ?? record.outputs.length;
    return (
      record.outputs.slice(0, compared).every((made, i) => isClose(made, expected[i]!)) &&
      [...record.changed].every(([name, made]) => isClose(made, attrs[name] as tf.Tensor))
    );
  });
}

function isClose({ values, dtype }: Snapshot, tensor: tf.Tensor): boolean {
  const expected = tensor.dataSync();
  if (values.length !== expected.length) return false;
  const allowed = dtype === 'float32' ? TOLERANCE * largest(expected) : 0;
  return values.every((value, i) => {
    const other = expected[i]!;
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

const isTensor = (value: object): value is tf.TensorInfo => 'dataId' in value;

/** The same with the tensors as they are now. */
function held(given: unknown, snapshots: Snapshots): Given {
  return mapped(given, (value) => (isTensor(value) ? new Held(snapshots.take(value)) : undefined));
}

/** Back to tensors, on the present backend. */
function restored(given: Given): unknown {
  const tensors = new Map<Snapshot, tf.Tensor>();
  const tensorOf = (snapshot: Snapshot) => {
    const { values, shape, dtype } = snapshot;
    let tensor = tensors.get(snapshot);
    // A copy: compositions that change an argument do it where its values lie.
    if (!tensor) tensors.set(snapshot, (tensor = tf.tensor(values.slice(), shape, dtype)));
    return tensor;
  };
  return mapped(given, (value) => (value instanceof Held ? tensorOf(value.snapshot) : undefined));
}

/** Plain data with what `change` makes of an object in its place, where it makes something. */
function mapped(value: unknown, change: (value: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((entry) => mapped(entry, change));
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, mapped(v, change)]));
}

/** Alike for calls that run the same programs with the same numbers. */
function signature({ kernelName, inputs, attrs }: KernelCall, programs: ReadonlySet<string>) {
  const plain = mapped([inputs, attrs], (value) => {
    return isTensor(value) || ArrayBuffer.isView(value) ? null : undefined;
  });
  return JSON.stringify([kernelName, [...programs], plain]);
}
