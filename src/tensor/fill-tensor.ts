// A tensor that is filled some values at a time, so that ordinary memory never holds all of it a second time.
import * as tf from './tf.ts';
import { addressOf, heap, uninitialised } from './wasm/heap.ts';
import type { LabWebGpuBackend } from './webgpu/lab-backend.ts';

export interface Filling {
  /** Outlives any `tf.tidy`. What was not filled yet is arbitrary. */
  readonly tensor: tf.Tensor2D;
  /** Puts values of the tensor's type in their places, the first at `at`. */
  put(at: number, values: Float32Array | Int32Array): void;
}

export function fillTensor(shape: [number, number], dtype: 'float32' | 'int32'): Filling {
  const kept = (tensor: tf.Tensor) => tf.keep(tensor) as tf.Tensor2D;
  switch (tf.getBackend()) {
    case 'wasm': {
      const tensor = kept(uninitialised(shape, dtype));
      // The heap may have grown since the last time.
      const put: Filling['put'] = (at, values) => {
        const all =
          dtype === 'int32' ? new Int32Array(heap().buffer) : new Float32Array(heap().buffer);
        all.set(values, addressOf(tensor) / 4 + at);
      };
      return { tensor, put };
    }
    case 'webgpu': {
      const backend = tf.backend() as LabWebGpuBackend;
      const info = backend.makeTensorInfo(shape, dtype);
      const tensor = kept(tf.engine().makeTensorFromTensorInfo(info));
      return { tensor, put: (at, values) => backend.fill(info, at, values) };
    }
    default: {
      const all = new (dtype === 'int32' ? Int32Array : Float32Array)(shape[0] * shape[1]);
      // tfjs's own backend keeps the array that it is given.
      return {
        tensor: kept(tf.tensor2d(all, shape, dtype)),
        put: (at, values) => all.set(values, at),
      };
    }
  }
}
