// Named tensors of a model, and the gradients that a backward pass leaves for some of them.
import * as tf from '../tensor/tf.ts';

/** Parameter name to tensor. Whoever holds the map owns the tensors. */
export type Parameters = Map<string, tf.Tensor>;

/** Collects gradients of the wanted parameters; contributions to the same name add up. */
export class Gradients {
  readonly #wanted: ReadonlySet<string>;
  readonly #sums = new Map<string, tf.Tensor>();

  constructor(wanted: Iterable<string>) {
    this.#wanted = new Set(wanted);
  }

  wants(name: string): boolean {
    return this.#wanted.has(name);
  }

  add(name: string, gradient: tf.Tensor): void {
    const sum = this.#sums.get(name);
    this.#sums.set(name, sum === undefined ? gradient : tf.add(sum, gradient));
  }

  /** The gradient of a wanted parameter; zeros if nothing depended on it. */
  get(name: string, shape: number[]): tf.Tensor {
    return this.#sums.get(name) ?? tf.zeros(shape);
  }
}
