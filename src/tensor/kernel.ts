// An operation of our own under one name on every backend, in tfjs's kernel registry.
import * as tf from './tf.ts';

/** Runs the kernel of the present backend. Nothing is recorded on a tape. */
export interface Kernel<Arguments extends object> {
  (args: Arguments): tf.Tensor[];
  readonly kernelName: string;
  /** The composition of tfjs operations: what wasm and cpu run, and what other kernels must equal. */
  readonly composed: (args: Arguments) => tf.Tensor[];
}

/** How a kernel is compared with its composition, where that is not output by output. */
export interface KernelComparison<Arguments extends object> {
  /** Names of the arguments that are changed in place. */
  readonly changes?: readonly (keyof Arguments & string)[];
  /** So many outputs mean the same on every backend; all of them unless given. */
  readonly outputs?: number;
  /** Puts what other kernels of the oracle's backend returned in the place of what it was given. */
  readonly oracle?: (args: Arguments) => tf.Tensor[];
}

interface Definition extends KernelComparison<Record<string, unknown>> {
  readonly composed: (args: Record<string, unknown>) => tf.Tensor[];
}

const definitions = new Map<string, Definition>();

/** What is known of one of our kernels; undefined for those of tfjs. */
export const kernelDefinition = (kernelName: string): Definition | undefined =>
  definitions.get(kernelName);

/**
 * Names an operation and registers its composition for every backend; `implementKernel` replaces it
 * where there is something better. Intermediate tensors of the composition are disposed.
 */
export function defineKernel<Arguments extends object>(
  kernelName: string,
  composed: (args: Arguments) => tf.Tensor[],
  comparison: KernelComparison<Arguments> = {},
): Kernel<Arguments> {
  definitions.set(kernelName, { ...comparison, composed } as Definition);
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
