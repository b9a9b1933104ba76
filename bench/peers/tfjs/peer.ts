// Stock tfjs as a peer: its own backends, operations, tape and optimizer.
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import { denseBatch } from '../../workload/dense-batch.ts';
import { ADAM } from '../peer.ts';
import type { Peer, Repeatable, TrainingSetup } from '../peer.ts';
import { productOperands } from '../product-operands.ts';
import { transposedMatrix } from '../transposed-matrix.ts';
import { uploadBatch } from './batch.ts';
import { TfjsDecoder } from './decoder.ts';

export const tfjsPeer: Peer = {
  async start({ backend, wasmPath }) {
    tf.enableProdMode();
    if (wasmPath !== undefined) setWasmPaths(wasmPath);
    if (!(await tf.setBackend(backend))) throw new Error(`tfjs cannot start ${backend}`);
    await tf.ready();
  },
  trainingStep,
  async product(size, repeats) {
    const [x, weight] = productOperands(size);
    const input = tf.tensor2d(x, [size, size]);
    const matrix = tf.tensor2d(transposedMatrix(weight, size), [size, size]);
    return {
      async run() {
        const sum = tf.tidy(() => {
          let y = input;
          for (let i = 0; i < repeats; i++) y = tf.matMul(y, matrix);
          return tf.sum(tf.square(tf.slice(y, 0, 1)));
        });
        return readScalar(sum);
      },
    };
  },
};

async function trainingStep(setup: TrainingSetup): Promise<Repeatable> {
  const { spec, weights, adapter } = setup;
  const decoder = new TfjsDecoder(spec, weights, adapter);
  const batch = uploadBatch(denseBatch(setup.batch, spec.vocabSize), spec);
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
  const variables = decoder.variables;
  return {
    async run() {
      const loss = optimizer.minimize(() => decoder.loss(batch), true, variables)!;
      return readScalar(loss);
    },
  };
}

async function readScalar(scalar: tf.Tensor): Promise<number> {
  const [value] = await scalar.data();
  scalar.dispose();
  return value!;
}
