// Listening to the kernels of the present backend: which are run, on what, with what result.
import * as tf from '../tf.ts';
import type { LabWebGpuBackend } from '../webgpu/lab-backend.ts';

/** What a kernel is called with: tfjs's give their tensors as inputs, ours among the attributes. */
export interface KernelCall {
  readonly kernelName: string;
  readonly inputs: tf.NamedTensorInfoMap;
  readonly attrs: Readonly<Record<string, unknown>>;
}

export interface KernelListener {
  /** Called before the kernel runs. @returns what is called after it */
  before(call: KernelCall): (outputs: tf.TensorInfo[], programs: ReadonlySet<string>) => void;
}

/**
 * Tells `listener` of every kernel that runs until the returned function is called. Programs are those
 * that the kernel dispatched itself; without a GPU a kernel is its own program.
 */
export function listen(listener: KernelListener): () => void {
  const backendName = tf.getBackend();
  const onGpu = backendName === 'webgpu';
  const backend = tf.backend() as LabWebGpuBackend;
  const running: Set<string>[] = [];
  const originals = tf.getKernelsForBackend(backendName);
  if (onGpu) backend.onDispatch = (program) => running.at(-1)?.add(program);
  for (const original of originals) {
    const { kernelName } = original;
    replace(original, (call) => {
      const attrs = (call.attrs ?? {}) as Readonly<Record<string, unknown>>;
      const inputs = (call.inputs ?? {}) as tf.NamedTensorInfoMap;
      const after = listener.before({ kernelName, inputs, attrs });
      const programs = new Set<string>(onGpu ? [] : [kernelName]);
      running.push(programs);
      try {
        const result = original.kernelFunc(call);
        after([result].flat(), programs);
        return result;
      } finally {
        running.pop();
      }
    });
  }
  return () => {
    for (const original of originals) replace(original, original.kernelFunc);
    if (onGpu) backend.onDispatch = undefined;
  };
}

function replace(config: tf.KernelConfig, kernelFunc: tf.KernelFunc): void {
  tf.unregisterKernel(config.kernelName, config.backendName);
  tf.registerKernel({ ...config, kernelFunc });
}

/** The names of all programs that `action` has the present backend run. */
export async function programsOf(action: () => Promise<unknown>): Promise<Set<string>> {
  const names = new Set<string>();
  const stop = listen({
    before: () => (_, programs) => programs.forEach((name) => names.add(name)),
  });
  try {
    await action();
  } finally {
    stop();
  }
  return names;
}
