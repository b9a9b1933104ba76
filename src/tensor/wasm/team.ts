// Threads that take parts of products of the wasm backend, in memory that they share with it.
import { DeviceError } from '../device-errors.ts';
import * as tf from '../tf.ts';
import { heap, reserve } from './heap.ts';
import { wasmKernels } from './kernels.ts';
import { SharedWork, UNIT, WORK_BYTES } from './product-parts.ts';
import type { HelperSetup, ProductArguments } from './product-parts.ts';

/** Starts a thread that calls `help`. @returns what ends it */
export type StartHelper = (setup: HelperSetup) => () => void;

/** Multiplications below which waking a thread takes as long as it would save. */
const WORTH = 4e6;
/** Far more than a part of any product takes, in ms. */
const PATIENCE = 30_000;

/** The rooms of helpers, by backend: a team has those of the team before. */
const rooms = new WeakMap<object, number[]>();

/** Addresses of so many. */
function roomsFor(count: number): readonly number[] {
  const known = rooms.get(tf.backend()) ?? [];
  rooms.set(tf.backend(), known);
  while (known.length < count) known.push(reserve(wasmKernels().kernels.scratchBytes()));
  return known.slice(0, count);
}

export class ProductTeam {
  /** How many cores have nothing else to do, which is as many helpers as are asked. */
  idle: number;
  readonly #ends: readonly (() => void)[];
  readonly #work: SharedWork;
  readonly #patience: number;
  readonly #backend = tf.backend();
  /** Nobody is asked any more: a part was never done, and whoever has it may still be at it, or helpers were ended. */
  #over = false;

  /**
   * @param count helpers beside this thread, whose present backend is wasm and shares its heap
   * @param patience how long a part may take, in ms, before its thread is given up
   */
  constructor(count: number, start: StartHelper, patience = PATIENCE) {
    const { module } = wasmKernels();
    // Never given back, as a helper that was ended may still look whether there is something to do.
    const work = reserve(WORK_BYTES);
    const own = roomsFor(count);
    // After all that might make the heap grow.
    const memory = heap();
    new Uint8Array(memory.buffer, work, WORK_BYTES).fill(0);
    this.#work = new SharedWork(memory, work);
    this.#ends = own.map((scratch) => start({ memory, module, work, scratch }));
    this.idle = count;
    this.#patience = patience;
  }

  /** Whether helpers would be of use for c [n, m] = a [n, k] b [k, m]. */
  takes(n: number, k: number, m: number): boolean {
    const isWorth = m >= 2 * UNIT && n * k * m >= WORTH;
    return isWorth && this.idle > 0 && !this.#over && this.#backend === tf.backend();
  }

  /** Does a product, all columns of it. @throws DeviceError if a helper is lost in the middle of it */
  multiply(byRows: boolean, args: ProductArguments): void {
    const { kernels, scratch } = wasmKernels();
    const parts = this.#work.offer(byRows, args, Math.min(this.idle, this.#ends.length));
    this.#work.takeParts(kernels, scratch);
    if (this.#work.waitFor(parts, this.#patience)) return;
    this.#over = true;
    throw new DeviceError('a thread that took part in a product is gone');
  }

  /** To be called between products; what is still computed after it is computed alone. */
  dispose(): void {
    this.#over = true;
    this.#ends.forEach((end) => end());
  }
}

let team: ProductTeam | undefined;

/** From now on products of this thread are done by such a team, or by this thread alone. */
export function shareProducts(helpers: ProductTeam | undefined): void {
  team = helpers;
}

export const productTeam = (): ProductTeam | undefined => team;
