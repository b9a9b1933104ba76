// AdamW: Adam with decoupled weight decay, over one flat buffer of all parameters.
import type { Parameters } from '../model/parameters.ts';
import * as tf from '../tensor/tf.ts';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decay per step is learning rate * weightDecay * parameter. */
  readonly weightDecay: number;
  /** Parameters that decay; all of them if left out. */
  readonly decays?: (name: string) => boolean;
}

/** The optimizer's memory, as plain data: a run can be stored and continued. */
export interface AdamWState {
  readonly step: number;
  /** First and second moments, all parameters one after the other. */
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * PyTorch's AdamW: p <- p (1 - lr wd) - lr m' / (sqrt(v') + eps), m' and v' bias-corrected.
 * Owns its moments; replaces the tensors in `parameters` at every step. What it keeps outlives any
 * surrounding `tf.tidy`.
 */
export class AdamW {
  readonly #parameters: Parameters;
  readonly #names: readonly string[];
  readonly #options: AdamWOptions;
  /** [total] 1 where a parameter decays, 0 elsewhere; absent if all of them do. */
  readonly #decay: tf.Tensor1D | undefined;
  #first: tf.Tensor1D;
  #second: tf.Tensor1D;
  #step: number;

  /** @param names the parameters to train, each a key of `parameters` */
  constructor(
    parameters: Parameters,
    names: readonly string[],
    options: AdamWOptions,
    state?: AdamWState,
  ) {
    this.#parameters = parameters;
    this.#names = names;
    this.#options = options;
    const sizes = names.map((name) => parameters.get(name)!.size);
    const total = sizes.reduce((a, b) => a + b, 0);
    const { decays } = options;
    this.#decay =
      decays &&
      tf.keep(
        tf.tidy(() =>
          tf.concat1d(names.map((name, i) => tf.fill([sizes[i]!], decays(name) ? 1 : 0))),
        ),
      );
    this.#first = tf.keep(state ? tf.tensor1d(state.first) : tf.zeros<tf.Rank.R1>([total]));
    this.#second = tf.keep(state ? tf.tensor1d(state.second) : tf.zeros<tf.Rank.R1>([total]));
    this.#step = state?.step ?? 0;
  }

  /** One update. @param gradient [total] of all trained parameters, one after the other */
  apply(gradient: tf.Tensor1D, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const step = ++this.#step;
    const [flat, first, second] = tf.tidy(() => {
      const parameters = flatten(this.#names.map((name) => this.#parameters.get(name)!));
      const m = tf.add(tf.mul(this.#first, beta1), tf.mul(gradient, 1 - beta1)) as tf.Tensor1D;
      const v = tf.add(
        tf.mul(this.#second, beta2),
        tf.mul(tf.square(gradient), 1 - beta2),
      ) as tf.Tensor1D;
      // The corrections are numbers, so that the tensor work is the same at every step.
      const rootOfV = tf.mul(tf.sqrt(v), 1 / Math.sqrt(1 - beta2 ** step));
      const update = tf.div(
        tf.mul(m, learningRate / (1 - beta1 ** step)),
        tf.add(rootOfV, epsilon),
      );
      const decayed =
        this.#decay === undefined
          ? tf.mul(parameters, 1 - learningRate * weightDecay)
          : tf.sub(parameters, tf.mul(tf.mul(parameters, this.#decay), learningRate * weightDecay));
      return [tf.sub(decayed, update) as tf.Tensor1D, m, v];
    }) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    this.#replace(flat);
    tf.dispose([this.#first, this.#second, flat]);
    [this.#first, this.#second] = [tf.keep(first), tf.keep(second)];
  }

  async state(): Promise<AdamWState> {
    const [first, second] = await Promise.all([this.#first.data(), this.#second.data()]);
    return { step: this.#step, first: first as Float32Array, second: second as Float32Array };
  }

  dispose(): void {
    tf.dispose([this.#first, this.#second, this.#decay ?? []]);
  }

  /** Cuts the flat buffer into the parameters' shapes. */
  #replace(flat: tf.Tensor1D): void {
    const old = this.#names.map((name) => this.#parameters.get(name)!);
    const parts = tf.split(
      flat,
      old.map(({ size }) => size),
    );
    this.#names.forEach((name, i) => {
      this.#parameters.set(name, tf.keep(tf.reshape(parts[i]!, old[i]!.shape)));
    });
    tf.dispose([old, parts]);
  }
}

/** Tensors one after the other: [total] */
export function flatten(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [tensor.size])));
}
