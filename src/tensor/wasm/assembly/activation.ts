// The activations of MLPs, gated or plain, and their gradients: `ops/activation`, where the formulas are.
import { exp4, fma, load4, store4 } from './vector';

/** Which function, as the module's caller says it; silu is 0. */
const GELU_TANH: i32 = 1;
const GELU: i32 = 2;
const CLAMPED: i32 = 3;

/** How gate and up lie in a row of x: there is no up; the gate, then up; pairs of the two. */
const PLAIN: i32 = 0;
const PAIRS: i32 = 2;

/** 2 sqrt(2 / pi), and the factor of the cube */
const TWICE: f32 = 1.5957691216;
const CUBE: f32 = 0.044715;
/** 1 / sqrt(2 pi) */
const DENSITY: f32 = 0.3989422804;

/**
 * y [n, m] = act(gate) up
 * @param x [n, m] plain, else [n, 2m] @param limit as `alpha` of the clamped one @param room [2m], of pairs alone
 */
export function activate(
  y: usize,
  x: usize,
  n: i32,
  m: i32,
  kind: i32,
  layout: i32,
  limit: f32,
  alpha: f32,
  room: usize,
): void {
  const next = <usize>m * 4;
  for (let row = 0; row < n; row++) {
    if (layout === PAIRS) splitPairs(x, m, room);
    const gates = layout === PAIRS ? room : x;
    const ups = gates + next;
    sharesOf(y, gates, m, kind, limit, alpha);
    for (let i = 0; i < m; i += 4) {
      const at = <usize>i * 4;
      const left = m - i;
      let value = f32x4.mul(bounded(load4(gates + at, left), kind, limit), load4(y + at, left));
      if (layout !== PLAIN) value = f32x4.mul(value, factorOf(load4(ups + at, left), kind, limit));
      store4(y + at, value, left);
    }
    y += next;
    x += layout === PLAIN ? next : next * 2;
  }
}

/** dx, of the shape of x, from dy [n, m] */
export function activateGradient(
  dx: usize,
  dy: usize,
  x: usize,
  n: i32,
  m: i32,
  kind: i32,
  layout: i32,
  limit: f32,
  alpha: f32,
  room: usize,
): void {
  const next = <usize>m * 4;
  for (let row = 0; row < n; row++) {
    if (layout === PAIRS) splitPairs(x, m, room);
    const gates = layout === PAIRS ? room : x;
    const ups = gates + next;
    // In the last m places of the row: what is written before they are read ends in front of them.
    const shares = layout === PLAIN ? dx : dx + next;
    sharesOf(shares, gates, m, kind, limit, alpha);
    for (let i = 0; i < m; i += 4) {
      const at = <usize>i * 4;
      const left = m - i;
      const dValue = load4(dy + at, left);
      const rawGate = load4(gates + at, left);
      const gate = bounded(rawGate, kind, limit);
      const s = load4(shares + at, left);
      const slope = slopeOf(gate, s, kind, alpha);
      if (layout === PLAIN) {
        store4(dx + at, f32x4.mul(dValue, slope), left);
        continue;
      }
      const rawUp = load4(ups + at, left);
      let dGate = f32x4.mul(f32x4.mul(dValue, factorOf(rawUp, kind, limit)), slope);
      let dUp = f32x4.mul(dValue, f32x4.mul(gate, s));
      if (kind === CLAMPED) {
        const limits = f32x4.splat(limit);
        dGate = v128.and(dGate, f32x4.le(rawGate, limits));
        dUp = v128.and(dUp, f32x4.le(f32x4.abs(rawUp), limits));
      }
      if (layout === PAIRS) storePairs(dx + 2 * at, dGate, dUp, left);
      else {
        store4(dx + at, dGate, left);
        store4(dx + next + at, dUp, left);
      }
    }
    dy += next;
    x += layout === PLAIN ? next : next * 2;
    dx += layout === PLAIN ? next : next * 2;
  }
}

/** [m] what the curve lets through of each gate of a row. */
function sharesOf(to: usize, gates: usize, m: i32, kind: i32, limit: f32, alpha: f32): void {
  for (let i = 0; i < m; i += 4) {
    const at = <usize>i * 4;
    const gate = bounded(load4(gates + at, m - i), kind, limit);
    store4(to + at, share(gate, kind, alpha), m - i);
  }
}

/** The first of each of m pairs, then the second of each. */
function splitPairs(x: usize, m: i32, to: usize): void {
  const half = 4 * <usize>m;
  for (const end = to + half; to < end; to += 4, x += 8) {
    store<f32>(to, load<f32>(x));
    store<f32>(to + half, load<f32>(x, 4));
  }
}

/** Four pairs, or the first `left` of them. */
function storePairs(to: usize, first: v128, second: v128, left: i32): void {
  store4(to, v128.shuffle<f32>(first, second, 0, 4, 1, 5), 2 * left);
  if (left > 2) store4(to + 16, v128.shuffle<f32>(first, second, 2, 6, 3, 7), 2 * left - 4);
}

function bounded(gate: v128, kind: i32, limit: f32): v128 {
  return kind === CLAMPED ? f32x4.min(gate, f32x4.splat(limit)) : gate;
}

/** What the curve is multiplied by. */
function factorOf(up: v128, kind: i32, limit: f32): v128 {
  if (kind !== CLAMPED) return up;
  const clamped = f32x4.max(f32x4.min(up, f32x4.splat(limit)), f32x4.splat(-limit));
  return f32x4.add(clamped, f32x4.splat(1));
}

/** What of g the curve lets through: act(g) = g share(g) */
function share(g: v128, kind: i32, alpha: f32): v128 {
  if (kind === GELU) return normalBelow(g);
  let argument = g;
  if (kind === CLAMPED) argument = f32x4.mul(g, f32x4.splat(alpha));
  if (kind === GELU_TANH) {
    const bend = fma(f32x4.mul(g, g), f32x4.splat(CUBE), f32x4.splat(1));
    argument = f32x4.mul(f32x4.mul(g, bend), f32x4.splat(TWICE));
  }
  const ones = f32x4.splat(1);
  return f32x4.div(ones, f32x4.add(ones, exp4(f32x4.neg(argument))));
}

/** s + g s', s = share(g): of the logistic ones s' = s (1 - s) times the slope of the argument */
function slopeOf(g: v128, s: v128, kind: i32, alpha: f32): v128 {
  if (kind === GELU) return fma(f32x4.mul(g, bell(g)), f32x4.splat(DENSITY), s);
  let rate = f32x4.splat(1);
  if (kind === CLAMPED) rate = f32x4.splat(alpha);
  if (kind === GELU_TANH) {
    const bend = fma(f32x4.mul(g, g), f32x4.splat(3 * CUBE), f32x4.splat(1));
    rate = f32x4.mul(bend, f32x4.splat(TWICE));
  }
  const spread = f32x4.mul(s, f32x4.sub(f32x4.splat(1), s));
  return fma(f32x4.mul(g, spread), rate, s);
}

/** exp(-g^2 / 2) */
function bell(g: v128): v128 {
  return exp4(f32x4.mul(f32x4.mul(g, g), f32x4.splat(-0.5)));
}

/** The standard normal's distribution function by the approximation of erf that the composition takes (`ERF`). */
function normalBelow(g: v128): v128 {
  const ones = f32x4.splat(1);
  const x = f32x4.mul(f32x4.abs(g), f32x4.splat(0.70710678));
  const t = f32x4.div(ones, fma(x, f32x4.splat(0.3275911), ones));
  let sum = f32x4.splat(1.061405429);
  sum = fma(sum, t, f32x4.splat(-1.453152027));
  sum = fma(sum, t, f32x4.splat(1.421413741));
  sum = fma(sum, t, f32x4.splat(-0.284496736));
  sum = fma(sum, t, f32x4.splat(0.254829592));
  const tail = f32x4.mul(f32x4.mul(f32x4.mul(sum, t), bell(g)), f32x4.splat(0.5));
  return v128.bitselect(tail, f32x4.sub(ones, tail), f32x4.lt(g, f32x4.splat(0)));
}
