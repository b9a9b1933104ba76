// The rate of plain products on an adapter, by each library: the best is the roof of all else.
import { toF32Matrix } from '../src/tensor/quantise.ts';
import { linear } from '../src/tensor/ops/linear/linear.ts';
import * as tf from '../src/tensor/tf.ts';
import { randomStream } from '../src/core/random.ts';

/** Gigaflops per second. */
export interface MatMulFigures {
  readonly shape: readonly [n: number, k: number, m: number];
  readonly rates: Readonly<Record<string, number | null>>;
  readonly best: number;
}

/** Large enough for a processor; a GPU gets sixteen times as much. */
const SHAPE = [512, 512, 512] as const;
const REPEATS = 5;

export async function matMulFigures(
  device: 'webgpu' | 'wasm',
  peers: readonly string[],
  shape: readonly [number, number, number] = SHAPE,
): Promise<MatMulFigures> {
  const [n, k, m] = shape;
  const random = randomStream(1, 'products');
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.uniform() - 0.5);
  const [a, b] = [draw(n * k), draw(m * k)];
  const gigaflops = (2 * n * k * m) / 1e9;
  const rates: Record<string, number | null> = {};

  const x = tf.tensor2d(a, [n, k]);
  const weight = toF32Matrix(b, m, k);
  const ready = async (y: tf.Tensor) => {
    // One number back: waits for the whole product, not for its transfer.
    const corner = tf.slice(y, [0, 0], [1, 1]);
    await corner.data();
    tf.dispose([y, corner]);
  };
  rates['ours'] = gigaflops / (await fastest(() => ready(linear(x, weight).y)));
  if (peers.includes('stock')) {
    const product = () => ready(tf.matMul(x, weight.values, false, true));
    rates['stock tfjs'] = gigaflops / (await fastest(product));
  }
  tf.dispose([x, weight.values]);
  if (peers.includes('jax-js')) {
    rates['jax-js'] = await jaxRate(device, a, b, shape, gigaflops).catch(() => null);
  }
  const known = Object.values(rates).filter((rate) => rate !== null);
  return { shape: [n, k, m], rates, best: Math.max(...known) };
}

async function jaxRate(
  device: 'webgpu' | 'wasm',
  a: Float32Array,
  b: Float32Array,
  [n, k, m]: readonly [number, number, number],
  gigaflops: number,
): Promise<number> {
  const { defaultDevice, init, jit, numpy: np } = await import('@jax-js/jax');
  if (!(await init(device)).includes(device)) throw new Error(`jax-js has no ${device} here`);
  defaultDevice(device);
  const x = np.array(a as Float32Array<ArrayBuffer>).reshape([n, k]);
  const w = np.array(b as Float32Array<ArrayBuffer>).reshape([m, k]);
  const product = jit((p: typeof x, q: typeof w) => np.matmul(p, q.transpose()));
  const seconds = await fastest(async () => {
    const y = product(x.ref, w.ref);
    await y.blockUntilReady();
    y.dispose();
  });
  x.dispose();
  w.dispose();
  return gigaflops / seconds;
}

/** Seconds of the quickest run, after one that compiles. */
async function fastest(run: () => Promise<void>): Promise<number> {
  await run();
  let best = Infinity;
  for (let i = 0; i < REPEATS; i++) {
    const began = performance.now();
    await run();
    best = Math.min(best, (performance.now() - began) / 1000);
  }
  return best;
}
