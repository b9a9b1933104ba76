// AdamW: Adam with decoupled weight decay, over one flat buffer of all parameters.
import { adamw } from '../tensor/ops/adamw/adamw.ts';
import * as tf from '../tensor/tf.ts';
import type { TrainedValues } from './trained-values.ts';

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
 * Owns its moments; what it keeps outlives any surrounding `tf.tidy`.
 */
export class AdamW {
  readonly #values: TrainedValues;
  readonly #options: AdamWOptions;
  /** [total] 1 where a parameter decays, 0 elsewhere; absent if all of them do. */
  readonly #decay: tf.Tensor1D | undefined;
  #first: tf.Tensor1D;
  #second: tf.Tensor1D;
  #step: number;

  constructor(values: TrainedValues, options: AdamWOptions, state?: AdamWState) {
    this.#values = values;
    this.#options = options;
    const { decays } = options;
    const { size } = values.flat();
    const mask = (of: (name: string) => boolean) =>
      tf.tidy(() => tf.concat1d(values.sizes.map(([name, n]) => tf.fill([n], of(name) ? 1 : 0))));
    this.#decay = decays && tf.keep(mask(decays));
    this.#first = tf.keep(state ? tf.tensor1d(state.first) : tf.zeros<tf.Rank.R1>([size]));
    this.#second = tf.keep(state ? tf.tensor1d(state.second) : tf.zeros<tf.Rank.R1>([size]));
    this.#step = state?.step ?? 0;
  }

  /** One update. @param gradient [total] */
  apply(gradient: tf.Tensor1D, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const next = adamw({
      parameters: this.#values.flat(),
      gradient,
      first: this.#first,
      second: this.#second,
      ...(this.#decay && { decay: this.#decay }),
      learningRate,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      step: ++this.#step,
    });
    tf.dispose([this.#first, this.#second]);
    [this.#first, this.#second] = [tf.keep(next.first), tf.keep(next.second)];
    this.#values.replace(next.parameters);
  }

  async state(): Promise<AdamWState> {
    const [first, second] = await Promise.all([this.#first.data(), this.#second.data()]);
    return { step: this.#step, first: first as Float32Array, second: second as Float32Array };
  }

  dispose(): void {
    tf.dispose([this.#first, this.#second, this.#decay ?? []]);
  }
}
