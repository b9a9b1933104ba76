// Comparing every kernel that an action runs with what the processor makes of the same inputs.
import { WrongResultError } from '../device-errors.ts';
import { kernelDefinition } from '../kernel.ts';
import * as tf from '../tf.ts';
import { isRight } from './kernel-record.ts';
import type { KernelRecord } from './kernel-record.ts';
import { held, isTensor, mapped } from './held.ts';
import { listen } from './recording.ts';
import type { KernelCall } from './recording.ts';
import { Snapshots } from './snapshots.ts';

/** On so many shapes: the largest that there are come first, in training. */
const MOST_ALIKE = 2;

/**
 * Runs `action` and compares every kernel with its composition on the cpu backend; where the same
 * programs run with the same numbers, the first `MOST_ALIKE` times.
 * @returns the names of all programs that were compared
 * @throws WrongResultError naming those that are wrong
 */
export async function auditKernels(action: () => Promise<void>): Promise<Set<string>> {
  const backend = tf.getBackend();
  const snapshots = new Snapshots();
  const records: KernelRecord[] = [];
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
function verdict(results: readonly (readonly [KernelRecord, boolean])[]): Set<string> {
  const wrong = results.flatMap(([record, right]) => (right ? [] : [record]));
  const programsOf = (records: readonly KernelRecord[]) =>
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

/** Alike for calls that run the same programs with the same numbers. */
function signature({ kernelName, inputs, attrs }: KernelCall, programs: ReadonlySet<string>) {
  const plain = mapped([inputs, attrs], (value) => {
    return isTensor(value) || ArrayBuffer.isView(value) ? null : undefined;
  });
  return JSON.stringify([kernelName, [...programs], plain]);
}
