// The lab itself as a peer: all that the benchmarks know of its trainer and kernels.
import { inGroups } from '../../../src/core/in-groups.ts';
import { workedInOrder } from '../../../src/core/in-order.ts';
import { ModelPool } from '../../../src/lab/study/lanes/model-pool.ts';
import { Decoder } from '../../../src/model/decoder/decoder.ts';
import { weightShapes } from '../../../src/model/spec/decoder-spec.ts';
import { loadWeights } from '../../../src/model/decoder/decoder-weights.ts';
import { loraFromFile } from '../../../src/model/adapter/lora.ts';
import { startBackend } from '../../../src/tensor/backend.ts';
import { linear } from '../../../src/tensor/ops/linear/linear.ts';
import { toF32Matrix } from '../../../src/tensor/make-matrix.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { selfTest } from '../../../src/training/self-test.ts';
import { train } from '../../../src/training/trainer.ts';
import { LORA_FILE } from '../../model/random-weights.ts';
import type { SoftBatch } from '../../workload/soft-batch.ts';
import { productOperands } from '../product-operands.ts';
import { ADAM } from '../peer.ts';
import type { Peer, Repeatable, TrainingSetup } from '../peer.ts';

/** Rows that pass the model together: bounds the memory of a step with a row per path. */
const ROWS = 32;

export const labPeer: Peer = {
  async start({ backend, ...binaries }) {
    tf.enableProdMode();
    await startBackend([backend], binaries, selfTest);
  },
  trainingStep,
  async product(size, repeats) {
    const [x, weight] = productOperands(size);
    const matrix = toF32Matrix(weight, size, size);
    const input = tf.tensor2d(x, [size, size]);
    return {
      async run() {
        const sum = tf.tidy(() => {
          let y = input;
          for (let i = 0; i < repeats; i++) y = linear(y, matrix).y;
          return tf.sum(tf.square(tf.slice(y, 0, 1)));
        });
        return readScalar(sum);
      },
    };
  },
};

/**
 * The product's own training loop, asked for one step at a time.
 * @param batchAt the batch of a step, the setup's own unless given
 */
export async function trainingStep(
  setup: TrainingSetup,
  batchAt: (step: number) => SoftBatch = () => setup.batch,
): Promise<Repeatable> {
  const { spec, weights, adapter, format, lanes } = setup;
  const shapes = weightShapes(spec);
  const read = (name: string) => weights(name, shapes.get(name)!);
  const lora = loraFromFile(spec, { ...LORA_FILE, tensors: adapter });
  const { learningRate, ...moments } = ADAM;
  const decoder = new Decoder(spec, await loadWeights(spec, read, format));
  const pool = lanes && new ModelPool(decoder, lanes);
  await pool?.joined();
  const reports = train({
    decoder,
    adapter: lora,
    ...(pool && {
      passes: (passes) =>
        workedInOrder(passes, pool.together, (pass) => pool.ask('pass', pass, { adapter: lora })),
    }),
    steps: Infinity,
    batch(step) {
      const batch = batchAt(step);
      return { ...batch, groups: inGroups(batch.examples, ROWS) };
    },
    learningRate: () => learningRate,
    loss: 'cross-entropy',
    optimizer: { ...moments, weightDecay: 0 },
    seed: 0,
    reportEvery: 1,
  });
  return {
    async run() {
      const next = await reports.next();
      if (next.done) throw new Error('the training ended');
      return next.value.loss;
    },
  };
}

async function readScalar(scalar: tf.Tensor): Promise<number> {
  const [value] = await scalar.data();
  scalar.dispose();
  return value!;
}
