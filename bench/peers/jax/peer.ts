// jax-js as a peer: one jitted function of gradient and update.
import { defaultDevice, init, jit, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { denseBatch } from '../../workload/dense-batch.ts';
import { ADAM } from '../peer.ts';
import type { Peer, Repeatable, TrainingSetup } from '../peer.ts';
import { productOperands } from '../product-operands.ts';
import { transposedMatrix } from '../transposed-matrix.ts';
import { jaxLoss } from './decoder.ts';
import { jaxBatch, jaxLora, jaxWeights } from './inputs.ts';
import type { JaxBatch, JaxLora, JaxWeights } from './inputs.ts';

export const jaxPeer: Peer = {
  async start({ backend }) {
    const devices = await init(backend);
    if (!devices.includes(backend)) throw new Error(`jax-js cannot start ${backend}`);
    defaultDevice(backend);
  },
  trainingStep,
  async product(size, repeats) {
    const [x, weight] = productOperands(size);
    const arrayOf = (values: Float32Array) =>
      np.array(values as Float32Array<ArrayBuffer>).reshape([size, size]);
    const [input, matrix] = [arrayOf(x), arrayOf(transposedMatrix(weight, size))];
    const products = jit((first: np.Array, factor: np.Array) => {
      let y = first;
      for (let i = 0; i < repeats; i++) y = np.matmul(y, factor.ref);
      factor.dispose();
      return np.square(y.slice(0)).sum();
    });
    return { run: async () => (await products(input.ref, matrix.ref).data())[0]! };
  },
};

async function trainingStep({ spec, ...setup }: TrainingSetup): Promise<Repeatable> {
  const lossAndGradient = valueAndGrad(jaxLoss(spec));
  const step = jit((state: AdamState, count: np.Array, weights: JaxWeights, batch: JaxBatch) => {
    const [loss, gradient] = lossAndGradient(tree.ref(state.adapter), weights, batch);
    return { loss, state: adam(state, gradient as JaxLora, count) };
  });

  const weights = jaxWeights(spec, setup.weights);
  const batch = jaxBatch(denseBatch(setup.batch, spec.vocabSize), spec);
  const adapter = jaxLora(spec, setup.adapter);
  const zeros = () => tree.map((x: np.Array) => np.zeros(x.shape), adapter);
  let state: AdamState = { first: zeros(), second: zeros(), adapter };
  let count = 0;
  return {
    async run() {
      const next = step(state, np.array(++count), tree.ref(weights), tree.ref(batch));
      state = next.state;
      return (await next.loss.data())[0]!;
    },
  };
}

type AdamState = { adapter: JaxLora; first: JaxLora; second: JaxLora };

/** @param count steps taken, this one included */
function adam(state: AdamState, gradient: JaxLora, count: np.Array): AdamState {
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  const corrections = [beta1, beta2].map((beta) =>
    np
      .exp(count.ref.mul(Math.log(beta)))
      .neg()
      .add(1),
  );
  const [correction1, correction2] = corrections as [np.Array, np.Array];
  count.dispose();
  const moment = (beta: number, old: np.Array, now: np.Array) =>
    old.mul(beta).add(now.mul(1 - beta));
  const first = tree.map(
    (m: np.Array, g: np.Array) => moment(beta1, m, g.ref),
    state.first,
    gradient,
  );
  const second = tree.map(
    (v: np.Array, g: np.Array) => moment(beta2, v, np.square(g)),
    state.second,
    gradient,
  );
  const adapter = tree.map(
    (p: np.Array, m: np.Array, v: np.Array) => {
      const root = np.sqrt(v.ref.div(correction2.ref)).add(epsilon);
      return p.sub(m.ref.div(correction1.ref).div(root).mul(learningRate));
    },
    state.adapter,
    first,
    second,
  );
  corrections.forEach((correction) => correction.dispose());
  return { adapter, first, second };
}
