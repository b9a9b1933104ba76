// The gradients that a backward pass leaves.
import * as tf from '../../tensor/tf.ts';

/** Collects gradients of the wanted weights, and of an adapter as one flat buffer. */
export class Gradients {
  /** [total] of the adapter that is trained; kernels add into it in place. */
  readonly adapter: tf.Tensor1D | undefined;
  readonly #wanted: ReadonlySet<string>;
  readonly #sums = new Map<string, tf.Tensor>();

  /** @param wanted names of weights @param adapterSize values of the adapter; 0 without */
  constructor(wanted: Iterable<string>, adapterSize = 0) {
    this.#wanted = new Set(wanted);
    // Made where it lies: zeros of tfjs are made on the host and copied.
    this.adapter = adapterSize > 0 ? tf.fill([adapterSize], 0) : undefined;
  }

  /** Whether gradients of any weights are wanted, besides the adapter's. */
  get wantsWeights(): boolean {
    return this.#wanted.size > 0;
  }

  wants(name: string): boolean {
    return this.#wanted.has(name);
  }

  /** Contributions to the same name add up. */
  add(name: string, gradient: tf.Tensor): void {
    const sum = this.#sums.get(name);
    this.#sums.set(name, sum === undefined ? gradient : tf.add(sum, gradient));
  }

  /** The gradient of a wanted weight; zeros if nothing depended on it. */
  get(name: string, shape: number[]): tf.Tensor {
    return this.#sums.get(name) ?? tf.zeros(shape);
  }
}
