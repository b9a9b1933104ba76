// A product as threads that share memory see it: what is to be done, and parts of it that are taken one by one.
import type { Product, WasmKernels } from './kernels.ts';

/** What a helper begins with. */
export interface HelperSetup {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  /** Addresses of what is to be done, and of the helper's own room for products. */
  readonly work: number;
  readonly scratch: number;
}

export type ProductArguments = Readonly<Parameters<Product>>;

/** Positions among a product's arguments: the columns of a part, the factor, and the room of who computes it. */
const [FIRST, END, FACTOR, SCRATCH] = [8, 9, 10, 13] as const;

/** Words of what is to be done: how often something was, what is free, and parts that are done; then the product. */
const [ROUND, FREE, DONE, PART, BY_ROWS, ARGUMENTS] = [0, 1, 2, 3, 4, 5] as const;
export const WORK_BYTES = 4 * (ARGUMENTS + SCRATCH + 1);

/**
 * `FREE` holds how many parts there are, times this, and how many were asked for: whoever adds one to it knows
 * from what was there whether a part is theirs, and only as long as one is not done does anything else stay.
 */
const MOST = 4096;

/** Columns that a part has a multiple of: whole tiles, and whole blocks of codes. */
export const UNIT = 96;
/** Parts for each thread: one that is held up leaves the others something to do. */
const PARTS = 2;

/** What is to be done, in memory that threads share. */
export class SharedWork {
  readonly #words: Int32Array;
  readonly #factor: Float32Array;

  /** @param address where it lies, which is inside of what the memory is by now */
  constructor(memory: WebAssembly.Memory, address: number) {
    this.#words = new Int32Array(memory.buffer, address, WORK_BYTES / 4);
    this.#factor = new Float32Array(memory.buffer, address + 4 * (ARGUMENTS + FACTOR), 1);
  }

  /** Makes a product free for all, and wakes so many helpers. @returns its parts */
  offer(byRows: boolean, args: ProductArguments, helpers: number): number {
    const words = this.#words;
    const even = args[END] / (PARTS * (helpers + 1));
    const part = UNIT * Math.max(1, Math.round(even / UNIT));
    const parts = Math.ceil(args[END] / part);
    args.forEach((value, i) => (words[ARGUMENTS + i] = Number(value)));
    this.#factor[0] = args[FACTOR];
    words[BY_ROWS] = byRows ? 1 : 0;
    words[PART] = part;
    words[DONE] = 0;
    Atomics.store(words, FREE, MOST * parts);
    Atomics.add(words, ROUND, 1);
    Atomics.notify(words, ROUND, helpers);
    return parts;
  }

  /** Takes parts until none is left. @param scratch `scratchBytes()` of the thread's own */
  takeParts(kernels: WasmKernels, scratch: number): void {
    const words = this.#words;
    for (;;) {
      const free = Atomics.add(words, FREE, 1);
      if (free % MOST >= Math.floor(free / MOST)) return;
      const args = [...words.subarray(ARGUMENTS, ARGUMENTS + SCRATCH + 1)];
      const first = (free % MOST) * words[PART]!;
      args[FIRST] = first;
      args[END] = Math.min(first + words[PART]!, args[END]!);
      args[FACTOR] = this.#factor[0]!;
      args[SCRATCH] = scratch;
      const multiply = words[BY_ROWS] ? kernels.multiplyByRows : kernels.multiply;
      multiply(...(args as unknown as ProductArguments));
      Atomics.add(words, DONE, 1);
      Atomics.notify(words, DONE);
    }
  }

  /** Waits until so many parts are done. @param patience ms for each @returns whether they are */
  waitFor(parts: number, patience: number): boolean {
    for (;;) {
      const done = Atomics.load(this.#words, DONE);
      if (done >= parts) return true;
      if (Atomics.wait(this.#words, DONE, done, patience) === 'timed-out') return false;
    }
  }

  /** Waits for a round that is not `seen`. @returns it */
  nextRound(seen: number): number {
    Atomics.wait(this.#words, ROUND, seen);
    return Atomics.load(this.#words, ROUND);
  }
}

/** What a helper's thread does, for as long as it lives. */
export function help({ memory, module, work, scratch }: HelperSetup): never {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const shared = new SharedWork(memory, work);
  for (let seen = 0; ;) {
    seen = shared.nextRound(seen);
    shared.takeParts(exports as unknown as WasmKernels, scratch);
  }
}
