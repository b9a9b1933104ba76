// The heap of the WebAssembly module.
import * as tf from '../../src/tensor/tf.ts';

/** Bytes that it has asked for and never gives back: the peak of all it held. Null elsewhere. */
export function wasmHeap(): number | null {
  const { wasm } = tf.backend() as { wasm?: { readonly HEAPU8: Uint8Array } };
  return wasm?.HEAPU8.length ?? null;
}
