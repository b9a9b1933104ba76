// Matrix products that are fast on every backend.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { floatsOf, type Matrix } from './matrix.ts';
import * as tf from './tf.ts';
import { transpose } from './transpose.ts';

/**
 * a b for matrices, either one transposed first.
 * The wasm backend has a fast path (XNNPACK) for plain matrices only, ten times as fast as its
 * general loop: there a transposition is carried out before the product.
 */
export function matMul(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  transposeA = false,
  transposeB = false,
): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() => {
    const left = transposeA ? transpose(a) : a;
    if (!transposeB) return tf.matMul(left, b);
    const [[n, k], [m]] = [left.shape, b.shape];
    // Few rows and a large b: to transpose what is small, a and the result, takes less.
    if (n * (k + m) < k * m) return transpose(tf.matMul(b, transpose(left)));
    return tf.matMul(left, transpose(b));
  });
}

/**
 * a weight^T, recorded on a tape as a product of `a` alone where the weight's transpose is there.
 * @param a [n, k] @param weight [m, k], f32 @returns [n, m]
 */
export function matMulByRows(a: tf.Tensor2D, weight: Matrix): tf.Tensor2D {
  const transposed = weight.format === 'f32' && weight.transposed;
  return transposed ? tf.matMul(a, transposed) : matMul(a, floatsOf(weight), false, true);
}

/**
 * a b for a matrix `b` that outlives the product, such as a model's weight. The wasm backend's module
 * keeps the packed copy that it makes of a product's second operand for as long as that one lives:
 * by and by all weights a second time. Here it forgets them. Nothing is recorded on a tape.
 * @param a [n, k] @param b [k, m] @returns [n, m]
 */
export function matMulByWeight(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b);
  const [[n, k], [, m]] = [a.shape, b.shape];
  return tf.tidy(() => {
    const product = wasmBatchMatMul(tf.reshape(a, [1, n, k]), tf.reshape(b, [1, k, m]));
    return tf.reshape(product, [n, m]);
  });
}

/**
 * Products of stacked matrices: [batch, m, k] x [batch, k, n] -> [batch, m, n]; `b` is
 * [batch, n, k] where `transposeB`, `a` is [batch, k, m] where `transposeA`.
 */
export function batchMatMul(
  a: tf.Tensor3D,
  b: tf.Tensor3D,
  transposeA = false,
  transposeB = false,
): tf.Tensor3D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() =>
    wasmBatchMatMul(
      transposeA ? tf.transpose(a, [0, 2, 1]) : a,
      transposeB ? tf.transpose(b, [0, 2, 1]) : b,
    ),
  );
}

/** What the wasm backend's module offers beyond its types. */
interface WasmModule {
  cwrap(name: string, returns: null, parameters: string[]): (...values: unknown[]) => void;
  tfjs: {
    registerTensor(id: number, size: number, memoryOffset: number): void;
    disposeData(id: number): void;
  };
}
interface WasmInternals {
  makeOutput: BackendWasm['makeOutput'];
  wasm: WasmModule;
  dataIdNextNumber: number;
  dataIdMap: tf.DataStorage<{ id: number; memoryOffset: number }>;
}

/** Each matrix of the stack is named to the module as a tensor of its own, where it lies: no copies. */
function wasmBatchMatMul(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D {
  const backend = tf.backend() as unknown as WasmInternals;
  const { wasm } = backend;
  const [batch, m, k] = a.shape;
  const n = b.shape[2];
  const out = backend.makeOutput([batch, m, n], 'float32');
  const product = kernelOf(wasm);
  const bytes = (shape: number[]) => new Uint8Array(new Int32Array(shape).buffer);
  const [aShape, bShape] = [bytes([1, m, k]), bytes([1, k, n])];
  const offset = (info: tf.TensorInfo) => backend.dataIdMap.get(info.dataId).memoryOffset;
  const starts = [offset(a), offset(b), offset(out)];
  const sizes = [m * k, k * n, m * n];
  const ids = [0, 1, 2].map(() => backend.dataIdNextNumber++);
  for (let i = 0; i < batch; i++) {
    ids.forEach((id, operand) =>
      wasm.tfjs.registerTensor(id, sizes[operand]!, starts[operand]! + 4 * i * sizes[operand]!),
    );
    product(ids[0], aShape, 3, ids[1], bShape, 3, 0, 0, ids[2]);
    // Forgets what the module prepared for the second operand: the id comes back with other values.
    ids.forEach((id) => wasm.tfjs.disposeData(id));
  }
  return tf.engine().makeTensorFromTensorInfo(out) as tf.Tensor3D;
}

type Product = (...values: unknown[]) => void;
const kernels = new WeakMap<WasmModule, Product>();

function kernelOf(wasm: WasmModule): Product {
  let kernel = kernels.get(wasm);
  if (kernel === undefined) {
    const [n, a] = ['number', 'array'];
    kernel = wasm.cwrap('BatchMatMul', null, [n, a, n, n, a, n, n, n, n]);
    kernels.set(wasm, kernel);
  }
  return kernel;
}
