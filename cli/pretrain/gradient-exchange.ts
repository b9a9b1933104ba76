// How the lanes of one training run add up their gradients: shared memory and a barrier.

/** Memory shared by all lanes of a run. */
export interface ExchangeMemory {
  readonly lanes: number;
  /** [2][lanes][size] f32: two rounds, so that a fast lane cannot overwrite what a slow one reads. */
  readonly gradients: SharedArrayBuffer;
  /** [2] i32: lanes that have arrived at the barrier, and rounds completed. */
  readonly barrier: SharedArrayBuffer;
}

/** @param size gradient entries */
export function exchangeMemory(lanes: number, size: number): ExchangeMemory {
  return {
    lanes,
    gradients: new SharedArrayBuffer(2 * lanes * size * Float32Array.BYTES_PER_ELEMENT),
    barrier: new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT),
  };
}

/**
 * Sums the lanes' gradients, in the order of the lanes, so that every lane gets the same bits.
 * Blocks its thread until all lanes have called it: for worker threads only.
 */
export class GradientExchange {
  readonly #memory: ExchangeMemory;
  readonly #lane: number;
  #round = 0;

  constructor(memory: ExchangeMemory, lane: number) {
    this.#memory = memory;
    this.#lane = lane;
  }

  sum(gradient: Float32Array): Float32Array {
    const { lanes, gradients } = this.#memory;
    const size = gradient.length;
    const slot = (lane: number) =>
      new Float32Array(gradients, 4 * size * ((this.#round % 2) * lanes + lane), size);
    slot(this.#lane).set(gradient);
    this.#wait();
    const total = slot(0).slice();
    for (let lane = 1; lane < lanes; lane++) {
      const values = slot(lane);
      for (let i = 0; i < size; i++) total[i]! += values[i]!;
    }
    this.#round++;
    return total;
  }

  #wait(): void {
    const [arrived, completed] = [0, 1];
    const barrier = new Int32Array(this.#memory.barrier);
    const round = Atomics.load(barrier, completed);
    if (Atomics.add(barrier, arrived, 1) + 1 === this.#memory.lanes) {
      Atomics.store(barrier, arrived, 0);
      Atomics.add(barrier, completed, 1);
      Atomics.notify(barrier, completed);
    } else {
      Atomics.wait(barrier, completed, round);
    }
  }
}
