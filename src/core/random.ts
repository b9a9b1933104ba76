// The only source of chance: a seeded generator (sfc32) with named, independent streams.

/** Four 32-bit words; plain data, so that a run can be stored and continued. */
export type RandomState = readonly [number, number, number, number];

/** A stream of random numbers that depends on nothing but its starting state. */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#counter] = state;
  }

  /** Where the stream stands; `new RandomStream(state)` continues from there. */
  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** 32 random bits as an integer in [0, 2^32). sfc32 (Chris Doty-Humphrey, PractRand). */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A double in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** An integer in [0, bound), every one equally likely. `bound` is an integer in [1, 2^32]. */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new Error(`random integer below ${bound}: the bound must be in 1 … 2^32`);
    }
    const limit = 2 ** 32 - (2 ** 32 % bound); // numbers from here on would favour small results
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % bound;
  }

  /** A draw from the standard normal distribution (Box-Muller, one of the pair, so no hidden state). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** An index drawn in proportion to `weights`, which are at least 0 and not all 0. */
  categorical(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i]!;
    let rest = this.uniform() * total;
    let last = -1;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      if (weight <= 0) continue;
      if (rest < weight) return i;
      rest -= weight;
      last = i;
    }
    if (last < 0) throw new Error('categorical draw: the weights sum to 0');
    return last; // rounding in the subtractions can run past the end
  }

  /** Shuffles in place (Fisher-Yates) and returns its argument. */
  shuffle<Items extends { [index: number]: unknown; length: number }>(items: Items): Items {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return items;
  }
}

/**
 * The stream of a name, e.g. `randomStream(11, 'answers', epoch, prompt.id)`. Streams of different
 * seeds or names are independent, so adding a consumer changes nothing for the others.
 * @example
 * import { randomStream } from 'calibration-lab/tries';
 *
 * const random = randomStream(11, 'dice');
 * random.integer(6); // => 3
 * random.uniform(); // => 0.920669
 */
export function randomStream(seed: number, ...name: readonly (string | number)[]): RandomStream {
  const text = JSON.stringify([seed, ...name]);
  const words = [1, 2, 3, 4].map((lane) => hash(text, lane)) as [number, number, number, number];
  const stream = new RandomStream(words);
  for (let i = 0; i < 16; i++) stream.bits(); // lets every state bit reach every output bit
  return stream;
}

/** A 32-bit hash of a text: the MurmurHash3 block function per UTF-16 unit, and its finaliser. */
function hash(text: string, lane: number): number {
  let h = Math.imul(lane, 0x9e3779b9);
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
