// The memory that tensors of the wasm backend lie in.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { OutOfMemoryError } from '../device-errors.ts';
import * as tf from '../tf.ts';

/** What the backend has beyond its types. */
interface Internals {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    _malloc: (bytes: number) => number;
    _free(address: number): void;
    refusesWithoutMemory?: boolean;
  };
  readonly dataIdMap: tf.DataStorage<{ readonly memoryOffset: number }>;
}

const internals = () => tf.backend() as unknown as Internals;

/** Grows by itself, and what was read of its buffer before is then no longer its own. */
export const heap = (): WebAssembly.Memory => internals().wasm.asm.memory;

/** Whether other threads can work in it. */
export const sharesHeap = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && heap().buffer instanceof SharedArrayBuffer;

/** Where a tensor's first value lies, in bytes. Only tensors that come and go change it. */
export const addressOf = ({ dataId }: tf.TensorInfo): number =>
  internals().dataIdMap.get(dataId).memoryOffset;

/** The same of a tensor that there may not be: 0, where none lies. */
export const addressIfAny = (tensor: tf.TensorInfo | undefined): number =>
  tensor ? addressOf(tensor) : 0;

/** A tensor whose values are whatever lay there before. */
export function uninitialised(shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.Tensor {
  const info = (tf.backend() as BackendWasm).makeOutput(shape, dtype);
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** Fills a tensor IN PLACE with the values of another, again and again where that is smaller. */
export function copyInto(to: tf.Tensor, from: tf.Tensor): void {
  const all = new Float32Array(heap().buffer);
  const [target, source] = [addressOf(to) / 4, addressOf(from) / 4];
  for (let at = 0; at < to.size; at += from.size) {
    all.copyWithin(target + at, source, source + from.size);
  }
}

/** Room for as long as the backend lives. @returns its address */
export const reserve = (bytes: number): number => internals().wasm._malloc(bytes);

/** What addresses of WebAssembly can tell apart; sizes from here on are taken modulo it. */
const ADDRESSES = 2 ** 32;

/** tfjs takes address 0, which is what an allocation without room returns, for a tensor's place. */
export function refuseWithoutMemory(): void {
  const { wasm } = internals();
  if (wasm.refusesWithoutMemory) return;
  // The first call puts the module's own function in the place of one that looks it up.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm.refusesWithoutMemory = true;
  wasm._malloc = (bytes) => {
    const address = bytes < ADDRESSES ? allocate(bytes) : 0;
    if (address !== 0 || bytes === 0) return address;
    throw new OutOfMemoryError(
      `WebAssembly has no room for another ${Math.ceil(bytes / 2 ** 20)} MiB`,
    );
  };
}
