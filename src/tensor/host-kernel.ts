// Kernels in plain TypeScript for the backends whose tensors lie in ordinary memory (wasm and cpu).
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { implementKernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import * as tf from './tf.ts';

/** A tensor where it lies, in ordinary memory. */
export type Values = Float32Array | Int32Array;

/** Whether tensors of the present backend can be read where they lie, without a copy or a wait. */
export function tensorsAreInHostMemory(): boolean {
  return tf.getBackend() === 'wasm' || tf.getBackend() === 'cpu';
}

/**
 * Runs `compute` on the memory of the inputs and returns its f32 output as a tensor. Nothing is
 * recorded on a tape. The views are valid during the call only: wasm memory may move afterwards.
 * @param compute fills `output` (zeros at first) from the inputs' values, in their order
 */
export function runOnHost(
  inputs: readonly tf.Tensor[],
  shape: number[],
  compute: (output: Float32Array, ...values: Values[]) => void,
): tf.Tensor {
  return runOnHostTo(inputs, [shape], ([output], ...values) => compute(output!, ...values))[0]!;
}

/** As `runOnHost`, with an output of every shape in `shapes`. */
export function runOnHostTo(
  inputs: readonly tf.Tensor[],
  shapes: readonly number[][],
  compute: (outputs: Float32Array[], ...values: Values[]) => void,
): tf.Tensor[] {
  if (tf.getBackend() === 'wasm') {
    const backend = tf.backend() as BackendWasm;
    // All of them before any view is taken: making one may move the memory.
    const infos = shapes.map((shape) => backend.makeOutput(shape, 'float32'));
    const outputs = infos.map((info) => backend.typedArrayFromHeap(info) as Float32Array);
    for (const output of outputs) output.fill(0);
    compute(outputs, ...inputs.map((input) => backend.typedArrayFromHeap(input) as Values));
    return infos.map((info) => tf.engine().makeTensorFromTensorInfo(info));
  }
  const backend = tf.backend() as MathBackendCPU;
  const outputs = shapes.map((shape) => new Float32Array(tf.util.sizeFromShape(shape)));
  compute(outputs, ...inputs.map((input) => backend.data.get(input.dataId).values as Values));
  return outputs.map((output, i) => tf.tensor(output, shapes[i], 'float32'));
}

/** Replaces a kernel's composition on the backends whose tensors lie in ordinary memory. */
export function implementOnHost<Arguments extends object>(
  kernel: Kernel<Arguments>,
  run: (args: Arguments) => tf.Tensor[],
): void {
  for (const backendName of ['wasm', 'cpu']) implementKernel(kernel, backendName, run);
}
