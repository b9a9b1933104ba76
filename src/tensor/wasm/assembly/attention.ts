// Attention over trees and its gradient, a query at a time: `ops/attention`, where the formulas are.
import { addFour, dotFour } from './combine';
import { exp4, keep4, load4, sum4, tanh4 } from './vector';

/**
 * Bytes that attention needs besides its operands: the keys that a query sees, and of each query head that shares a
 * head of keys two values for every key; four slots at a time.
 */
export function attentionBytes(slots: i32, group: i32): usize {
  return roomOf(slots) * <usize>(1 + 2 * group);
}

/** Of one value for every slot. */
function roomOf(slots: i32): usize {
  return 16 * <usize>((slots + 3) >> 2);
}

/**
 * y [rows * count, heads * d] and logSum [rows * count, heads].
 * @param q as y, the queries `first` to `first + count` of every row @param kv [rows * slots, 2 kvHeads * d]
 * @param sinks [heads], 0 where there are none @param parents [rows * slots] @param chains [rows]
 * @param window how many keys are seen at most @param softCap 0 where there is none
 * @param room `attentionBytes()`
 */
export function attend(
  y: usize,
  logSum: usize,
  q: usize,
  kv: usize,
  sinks: usize,
  parents: usize,
  chains: usize,
  first: i32,
  count: i32,
  rows: i32,
  slots: i32,
  heads: i32,
  kvHeads: i32,
  d: i32,
  window: i32,
  scale: f32,
  softCap: f32,
  room: usize,
): void {
  const size = 4 * <usize>d;
  const next = 2 * size * <usize>kvHeads;
  const group = heads / kvHeads;
  const weights = room + roomOf(slots);
  for (let row = 0; row < rows; row++) {
    const chain = load<i32>(chains + 4 * <usize>row);
    for (let query = first; query < first + count; query++) {
      const seen = keysOf(room, query, parents, chain, window, next);
      for (let head = 0; head < heads; head++) {
        const keys = kv + size * (head / group);
        scoresOf(weights, q, keys, room, seen, d, scale, softCap);
        let top = highest(weights, seen);
        let sum: f32 = 0;
        if (sinks) {
          const sink = load<f32>(sinks + 4 * <usize>head);
          top = max(top, sink);
          sum = f32x4.extract_lane(exp4(f32x4.splat(sink - top)), 0);
        }
        sum += exponentiate(weights, seen, top);
        memory.fill(y, 0, size);
        mix(y, weights, 1 / sum, keys + size * kvHeads, room, seen, d);
        store<f32>(logSum, top + Mathf.log(sum));
        y += size;
        q += size;
        logSum += 4;
      }
    }
    kv += next * slots;
    parents += 4 * <usize>slots;
  }
}

/**
 * dq [rows * slots, heads * d], and dkv as kv, from dy and what `attend` made of all slots as queries.
 * The other arguments are those of `attend`.
 */
export function attendBack(
  dq: usize,
  dkv: usize,
  dy: usize,
  y: usize,
  logSum: usize,
  q: usize,
  kv: usize,
  parents: usize,
  chains: usize,
  rows: i32,
  slots: i32,
  heads: i32,
  kvHeads: i32,
  d: i32,
  window: i32,
  scale: f32,
  softCap: f32,
  room: usize,
): void {
  const size = 4 * <usize>d;
  const next = 2 * size * <usize>kvHeads;
  const group = heads / kvHeads;
  const each = roomOf(slots);
  const values = size * <usize>kvHeads;
  memory.fill(dkv, 0, next * rows * slots);
  for (let row = 0; row < rows; row++) {
    const chain = load<i32>(chains + 4 * <usize>row);
    for (let query = 0; query < slots; query++) {
      const seen = keysOf(room, query, parents, chain, window, next);
      for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
        const keys = kv + size * kvHead;
        for (let i = 0; i < group; i++) {
          const at = size * i;
          const weights = room + each * (1 + 2 * i);
          const dScores = weights + each;
          scoresOf(weights, q + at, keys, room, seen, d, scale, softCap);
          dotsOf(dScores, dy + at, keys + values, room, seen, d);
          const total = load<f32>(logSum + 4 * <usize>i);
          backOf(weights, dScores, seen, total, overlapOf(dy + at, y + at, d), scale, softCap);
          memory.fill(dq + at, 0, size);
          mix(dq + at, dScores, 1, keys, room, seen, d);
        }
        const dKeys = dkv + size * kvHead;
        for (let i = 0; i < group; i += 4) {
          const weights = room + each * (1 + 2 * i);
          const left = group - i;
          share(dKeys, weights + each, 2 * each, q + size * i, left, room, seen, d);
          share(dKeys + values, weights, 2 * each, dy + size * i, left, room, seen, d);
        }
        dq += size * group;
        dy += size * group;
        y += size * group;
        q += size * group;
        logSum += 4 * <usize>group;
      }
    }
    kv += next * slots;
    dkv += next * slots;
    parents += 4 * <usize>slots;
  }
}

/**
 * Writes down where the keys lie that a query sees, in bytes from the row's first: itself, its parent and so on, of the
 * chain those before the last one, too. After the last it is there again, up to a multiple of four. @returns how many
 */
function keysOf(list: usize, slot: i32, parents: usize, chain: i32, window: i32, next: usize): i32 {
  let count = 0;
  for (; slot >= chain && count < window; count++) {
    store<u32>(list + 4 * <usize>count, <u32>(next * slot));
    slot = load<i32>(parents + 4 * <usize>slot);
  }
  for (; slot >= 0 && count < window; count++, slot--) {
    store<u32>(list + 4 * <usize>count, <u32>(next * slot));
  }
  const last = load<u32>(list + 4 * <usize>(count - 1));
  for (let i = count; i & 3; i++) store<u32>(list + 4 * <usize>i, last);
  return count;
}

/** [seen] the products of x with what lies where the list says, from `from` on. */
function dotsOf(to: usize, x: usize, from: usize, list: usize, seen: i32, d: i32): void {
  for (let i = 0; i < seen; i += 4, list += 16, to += 16) {
    const a = from + load<u32>(list, 0);
    const b = from + load<u32>(list, 4);
    const c = from + load<u32>(list, 8);
    const e = from + load<u32>(list, 12);
    v128.store(to, dotFour(x, a, b, c, e, d));
  }
}

/** [seen] softCap tanh(scale q k / softCap) */
function scoresOf(
  to: usize,
  q: usize,
  keys: usize,
  list: usize,
  seen: i32,
  d: i32,
  scale: f32,
  softCap: f32,
): void {
  dotsOf(to, q, keys, list, seen, d);
  const inner = f32x4.splat(softCap ? scale / softCap : scale);
  for (let i = 0; i < seen; i += 4, to += 16) {
    let score = f32x4.mul(v128.load(to), inner);
    if (softCap) score = f32x4.mul(tanh4(score), f32x4.splat(softCap));
    v128.store(to, score);
  }
}

/** What stands behind the last score is that score. */
function highest(scores: usize, seen: i32): f32 {
  let top = v128.load(scores);
  for (let i = 4; i < seen; i += 4) top = f32x4.max(top, v128.load(scores + 4 * <usize>i));
  top = f32x4.max(top, v128.shuffle<f32>(top, top, 2, 3, 0, 1));
  return max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1));
}

/** exp(score - top) IN PLACE, and zeros behind the last one. @returns their sum */
function exponentiate(scores: usize, seen: i32, top: f32): f32 {
  const tops = f32x4.splat(top);
  let sums = f32x4.splat(0);
  for (let i = 0; i < seen; i += 4, scores += 16) {
    const weight = keep4(exp4(f32x4.sub(v128.load(scores), tops)), seen - i);
    v128.store(scores, weight);
    sums = f32x4.add(sums, weight);
  }
  return sum4(sums);
}

/** y += factor * the sum of weights [seen] times what lies where the list says. */
function mix(
  y: usize,
  weights: usize,
  factor: f32,
  from: usize,
  list: usize,
  seen: i32,
  d: i32,
): void {
  const factors = f32x4.splat(factor);
  for (let i = 0; i < seen; i += 4, list += 16, weights += 16) {
    const own = f32x4.mul(v128.load(weights), factors);
    const a = from + load<u32>(list, 0);
    const b = from + load<u32>(list, 4);
    const c = from + load<u32>(list, 8);
    const e = from + load<u32>(list, 12);
    addFour(y, own, a, b, c, e, d);
  }
}

/** Scores [seen] become weights p, and products dp become p (dp - overlap) times the slope of the score, IN PLACE. */
function backOf(
  scores: usize,
  products: usize,
  seen: i32,
  total: f32,
  overlap: f32,
  scale: f32,
  softCap: f32,
): void {
  const totals = f32x4.splat(total);
  const overlaps = f32x4.splat(overlap);
  const scales = f32x4.splat(scale);
  for (let i = 0; i < seen; i += 4, scores += 16, products += 16) {
    const score = v128.load(scores);
    const weight = keep4(exp4(f32x4.sub(score, totals)), seen - i);
    let slope = scales;
    if (softCap) {
      const bent = f32x4.mul(score, f32x4.splat(1 / softCap));
      slope = f32x4.mul(slope, f32x4.sub(f32x4.splat(1), f32x4.mul(bent, bent)));
    }
    const rest = f32x4.sub(v128.load(products), overlaps);
    v128.store(scores, weight);
    v128.store(products, f32x4.mul(f32x4.mul(weight, rest), slope));
  }
}

/** The product of dy and y, of d values. */
function overlapOf(dy: usize, y: usize, d: i32): f32 {
  let sums = f32x4.splat(0);
  for (let i = 0; i < d; i += 4) {
    const at = 4 * <usize>i;
    sums = f32x4.add(sums, f32x4.mul(load4(dy + at, d - i), load4(y + at, d - i)));
  }
  return sum4(sums);
}

/**
 * Adds to what lies where the list says: of four query heads, or the `left` that there are, x times the factor that the
 * head has for that key. @param factors [seen] of the first head; `apart` bytes behind it those of the next
 * @param x [left, d]
 */
function share(
  to: usize,
  factors: usize,
  apart: usize,
  x: usize,
  left: i32,
  list: usize,
  seen: i32,
  d: i32,
): void {
  const size = 4 * <usize>d;
  const b = left > 1 ? x + size : x;
  const c = left > 2 ? x + 2 * size : x;
  const e = left > 3 ? x + 3 * size : x;
  for (let i = 0; i < seen; i++, list += 4, factors += 4) {
    let own = v128.load32_zero(factors);
    if (left > 1) own = v128.load32_lane(factors + apart, own, 1);
    if (left > 2) own = v128.load32_lane(factors + 2 * apart, own, 2);
    if (left > 3) own = v128.load32_lane(factors + 3 * apart, own, 3);
    addFour(to + load<u32>(list), own, x, b, c, e, d);
  }
}
