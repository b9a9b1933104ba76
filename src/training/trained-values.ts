// What an optimizer trains, seen as one flat buffer: an adapter, or all weights of a decoder.
import type { Decoder } from '../model/decoder/decoder.ts';
import type { LoraAdapter } from '../model/adapter/lora.ts';
import { Gradients } from '../model/decoder/parameters.ts';
import * as tf from '../tensor/tf.ts';

/** Named values, as plain data. */
export type ValuesByName = ReadonlyMap<string, { shape: number[]; values: Float32Array }>;

export interface TrainedValues {
  /** Names with sizes, in the order of the flat buffer. */
  readonly sizes: readonly (readonly [string, number])[];
  /** [total] now; owned by the values. */
  flat(): tf.Tensor1D;
  /** Takes `flat` over as the new values. */
  replace(flat: tf.Tensor1D): void;
  /** Where a backward pass leaves its gradients. */
  gradients(): Gradients;
  /** [total] of what was left there. */
  collected(gradients: Gradients): tf.Tensor1D;
  read(): Promise<ValuesByName>;
  /** Values of the same names and shapes. */
  write(values: ValuesByName): void;
  dispose(): void;
}

/** An adapter's values lie in one buffer as they are. */
export class AdapterValues implements TrainedValues {
  readonly #adapter: LoraAdapter;

  constructor(adapter: LoraAdapter) {
    this.#adapter = adapter;
  }

  get sizes() {
    return [...this.#adapter.tensors].map(
      ([name, { shape }]) => [name, shape[0] * shape[1]] as const,
    );
  }

  flat(): tf.Tensor1D {
    return this.#adapter.values;
  }

  replace(flat: tf.Tensor1D): void {
    this.#adapter.replace(flat);
  }

  gradients(): Gradients {
    return new Gradients([], this.#adapter.values.size);
  }

  collected(gradients: Gradients): tf.Tensor1D {
    return gradients.adapter!;
  }

  async read(): Promise<ValuesByName> {
    return this.#adapter.split((await this.#adapter.values.data()) as Float32Array);
  }

  write(values: ValuesByName): void {
    const parts = [...values].map(([name, entry]) => [name, entry.values] as const);
    this.replace(this.#adapter.joined(new Map(parts)));
  }

  /** The adapter belongs to its maker. */
  dispose(): void {}
}

/** All weights of a decoder, joined for the optimizer and parted again for the model. */
export class WeightValues implements TrainedValues {
  readonly #decoder: Decoder;
  readonly #names: readonly string[];
  readonly #shapes: readonly number[][];
  #flat: tf.Tensor1D;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
    const tensors = decoder.weights.trainable();
    this.#names = [...tensors.keys()];
    this.#shapes = [...tensors.values()].map(({ shape }) => shape);
    this.#flat = tf.keep(joined([...tensors.values()]));
  }

  get sizes() {
    return this.#names.map((name, i) => [name, tf.util.sizeFromShape(this.#shapes[i]!)] as const);
  }

  flat(): tf.Tensor1D {
    return this.#flat;
  }

  replace(flat: tf.Tensor1D): void {
    this.#flat.dispose();
    this.#flat = tf.keep(flat);
    const parts = tf.split(
      flat,
      this.sizes.map(([, size]) => size),
    );
    this.#names.forEach((name, i) => {
      this.#decoder.weights.replace(name, tf.keep(tf.reshape(parts[i]!, this.#shapes[i]!)));
    });
    tf.dispose(parts);
  }

  gradients(): Gradients {
    return new Gradients(this.#names);
  }

  collected(gradients: Gradients): tf.Tensor1D {
    return joined(this.#names.map((name, i) => gradients.get(name, this.#shapes[i]!)));
  }

  async read(): Promise<ValuesByName> {
    const tensors = this.#decoder.weights.trainable();
    const entries = this.#names.map(async (name, i) => {
      const values = (await tensors.get(name)!.data()) as Float32Array;
      return [name, { shape: this.#shapes[i]!, values }] as const;
    });
    return new Map(await Promise.all(entries));
  }

  write(values: ValuesByName): void {
    const flat = tf.tidy(() =>
      joined(this.#names.map((name) => tf.tensor1d(values.get(name)!.values))),
    );
    this.replace(flat);
  }

  dispose(): void {
    this.#flat.dispose();
  }
}

/** Tensors one after the other: [total] */
function joined(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [tensor.size]))));
}
