// Keys and values of texts that share beginnings: each token passes the model once.
import { InputError } from '../../core/errors.ts';
import { treeTensors } from '../../tensor/ops/tree.ts';
import * as tf from '../../tensor/tf.ts';
import type { Decoder } from './decoder.ts';
import { layerForward } from './decoder-layer.ts';
import type { LoraAdapter } from '../adapter/lora.ts';

export interface TreeCacheOptions {
  readonly adapter?: LoraAdapter;
  /** Tokens to have room for; more makes the cache grow. */
  readonly capacity?: number;
}

/** A full cache grows by this factor, so that copies stay rare. */
const GROWTH = 2;

/**
 * A forest of tokens that grows: every token hangs from an earlier one or starts a text of its own.
 * Owns its tensors.
 */
export class TreeCache {
  readonly #decoder: Decoder;
  readonly #adapter: LoraAdapter | undefined;
  #keysAndValues: tf.Tensor2D[];
  #capacity: number;
  #size = 0;
  #parents: Int32Array;
  #depths: Int32Array;
  /** The longest beginning of a text that all later tokens see. */
  #chain = 0;

  constructor(decoder: Decoder, { adapter, capacity = 256 }: TreeCacheOptions = {}) {
    this.#decoder = decoder;
    this.#adapter = adapter;
    this.#capacity = capacity;
    this.#parents = new Int32Array(capacity);
    this.#depths = new Int32Array(capacity);
    this.#keysAndValues = this.#allocate(capacity);
  }

  /** Tokens so far. */
  get size(): number {
    return this.#size;
  }

  /** Ancestors of a token. */
  depth(index: number): number {
    return this.#depths[index]!;
  }

  /**
   * Runs new tokens through the model.
   * @param parents index of the token before each, among all tokens so far and the new ones before
   *   it; -1 for the first token of a text
   * @param wanted which of the new tokens' hidden states to return; all of them if left out
   * @returns [wanted, width] after the final norm; the caller's to dispose
   */
  append(tokens: Int32Array, parents: Int32Array, wanted?: Int32Array): tf.Tensor2D {
    const [first, count] = [this.#size, tokens.length];
    this.#reserve(first + count);
    for (let i = 0; i < count; i++) {
      const parent = parents[i]!;
      this.#parents[first + i] = parent;
      this.#depths[first + i] = parent < 0 ? 0 : this.#depths[parent]! + 1;
    }
    this.#chain = chainAfter(first === 0 ? undefined : this.#chain, parents);
    this.#size += count;
    const positions = this.#depths.slice(first, this.#size);
    const decoder = this.#decoder;
    return tf.tidy(() => {
      const tree = treeTensors(1, this.#size, {
        parents: this.#parents.slice(0, this.#size),
        ends: new Int32Array(this.#size),
        chain: Int32Array.of(this.#chain),
        depths: this.#depths.slice(0, this.#size),
      });
      const cached = { firstQuery: first, queries: count, keysAndValues: this.#keysAndValues };
      const options = {
        ...(this.#adapter && { adapter: this.#adapter }),
        ...(wanted && { outputs: wanted }),
        cached,
      };
      const context = decoder.context(positions, tree, options, this.#lengthAfter(first));
      let x = decoder.embedded(tokens, positions); // [count, width]
      for (let layer = 0; layer < decoder.spec.layers; layer++) {
        const input = x;
        x = tf.tidy(() => layerForward(input, layer, context).y);
        input.dispose();
      }
      return decoder.finished(x, context);
    });
  }

  /**
   * Tokens of the longest text. Where a model turns its heads otherwise in longer texts, the keys that are
   * kept would be wrong from there on.
   * @throws InputError where the texts grow past such a length
   */
  #lengthAfter(first: number): number {
    const length = (size: number) =>
      this.#depths.subarray(0, size).reduce((most, depth) => Math.max(most, depth), -1) + 1;
    const now = length(this.#size);
    const from = this.#decoder.spec.ropes.find(({ long }) => long)?.long?.from ?? Infinity;
    if (first > 0 && length(first) <= from && now > from) {
      throw new InputError(
        `A text of more than ${from} tokens is turned otherwise by this model from its first token on.`,
        `Ask for shorter answers, so that prompt and answer stay within ${from} tokens.`,
      );
    }
    return now;
  }

  /** Forgets all tokens from `size` on. */
  truncate(size: number): void {
    this.#size = Math.min(this.#size, size);
    this.#chain = Math.min(this.#chain, this.#size);
  }

  dispose(): void {
    tf.dispose(this.#keysAndValues);
  }

  #allocate(capacity: number): tf.Tensor2D[] {
    const { layers, kvHeads, headDim } = this.#decoder.spec;
    return Array.from({ length: layers }, () =>
      tf.keep(tf.zeros<tf.Rank.R2>([capacity, 2 * kvHeads * headDim])),
    );
  }

  #reserve(size: number): void {
    if (size <= this.#capacity) return;
    const capacity = Math.max(size, GROWTH * this.#capacity);
    const added = capacity - this.#capacity;
    const old = this.#keysAndValues;
    this.#keysAndValues = old.map((kv) =>
      tf.keep(tf.tidy(() => tf.concat2d([kv, tf.zeros([added, kv.shape[1]])], 0))),
    );
    tf.dispose(old);
    const grown = (values: Int32Array) => {
      const larger = new Int32Array(capacity);
      larger.set(values);
      return larger;
    };
    this.#parents = grown(this.#parents);
    this.#depths = grown(this.#depths);
    this.#capacity = capacity;
  }
}

/** @param chain of the tokens before, if there are any @param parents of the new ones */
function chainAfter(chain: number | undefined, parents: Int32Array): number {
  const fork = parents.findIndex((parent, i) => parent !== i - 1);
  const straight = fork < 0 ? parents.length : fork;
  if (chain === undefined) return parents.subarray(straight).reduce(above, straight);
  return parents.reduce(above, chain);
}

/** As much of a chain as a token that hangs from `parent` sees. */
const above = (chain: number, parent: number) => Math.min(chain, parent + 1);
