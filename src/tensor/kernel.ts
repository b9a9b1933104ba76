// An operation of our own under one name on every backend, in tfjs's kernel registry.
import * as tf from './tf.ts';

/** Runs the kernel of the present backend. Nothing is recorded on a tape. */
export interface Kernel<Arguments extends object> {
  (args: Arguments): tf.Tensor[];
  readonly kernelName: string;
  /** The composition of tfjs operations: what wasm and cpu run, and what other kernels must equal. */
  readonly composed: (args: Arguments) => tf.Tensor[];
}

/**
 * Names an operation and registers its composition for every backend; `implementKernel` replaces it
 * where there is something better. Intermediate tensors of the composition are disposed.
 */
export function defineKernel<Arguments extends object>(
  kernelName: string,
  composed: (args: Arguments) => tf.Tensor[],
): Kernel<Arguments> {
  for (const backendName of ['wasm', 'cpu', 'webgpu']) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ attrs }) => tf.tidy(() => composed(attrs as unknown as Arguments)),
    });
  }
  const run = (args: Arguments) => {
    const result = tf.engine().runKernel(kernelName, {}, args as unknown as tf.NamedAttrMap);
    return result as unknown as tf.Tensor[];
  };
  return Object.assign(run, { kernelName, composed });
}

/** Replaces the composition on one backend. @param run makes new tensors, one per output */
export function implementKernel<Arguments extends object>(
  { kernelName }: Kernel<Arguments>,
  backendName: string,
  run: (args: Arguments) => tf.TensorInfo[],
): void {
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ attrs }) => run(attrs as unknown as Arguments),
  });
}
