// Kernels in plain TypeScript for the backends whose tensors lie in ordinary memory (wasm and cpu).
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from './tf.ts';

type Values = Float32Array | Int32Array;

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
  if (tf.getBackend() === 'wasm') {
    const backend = tf.backend() as BackendWasm;
    const info = backend.makeOutput(shape, 'float32');
    const output = backend.typedArrayFromHeap(info) as Float32Array;
    output.fill(0);
    compute(output, ...inputs.map((input) => backend.typedArrayFromHeap(input) as Values));
    return tf.engine().makeTensorFromTensorInfo(info);
  }
  const backend = tf.backend() as MathBackendCPU;
  const output = new Float32Array(tf.util.sizeFromShape(shape));
  compute(output, ...inputs.map((input) => backend.data.get(input.dataId).values as Values));
  return tf.tensor(output, shape, 'float32');
}
