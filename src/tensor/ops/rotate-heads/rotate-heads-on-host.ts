// Norming and turning heads in plain TypeScript, one pass over memory, for wasm and cpu.
import { runOnHostTo, type Values } from '../../host-kernel.ts';
import type * as tf from '../../tf.ts';
import type {
  RotateHeadsGradientInputs,
  RotateHeadsInputs,
  RotateHeadsOptions,
} from './rotate-heads-inputs.ts';

/** Head h of token t has its `d` entries from first + t * stride + h * d. */
interface Place {
  readonly values: Values;
  readonly first: number;
  readonly stride: number;
}

/** What is done to `count` heads of each of n tokens. */
interface Treatment {
  readonly n: number;
  readonly count: number;
  readonly d: number;
  readonly angles?: { readonly cos: Values; readonly sin: Values };
  /** The factors are weight + one. */
  readonly norm?: { readonly weight: Values; readonly one: number; readonly eps: number };
}

/** @returns q [n, heads * headDim] and kv [n, 2 kvHeads * headDim] */
export function rotateHeadsOnHost({ qkv, shape, options }: RotateHeadsInputs): tf.Tensor[] {
  const { heads, kvHeads, headDim: d } = shape;
  const [n, stride] = qkv.shape;
  const [qWidth, kWidth] = [heads * d, kvHeads * d];
  const shapes = [
    [n, qWidth],
    [n, 2 * kWidth],
  ];
  return runOnHostTo([qkv, ...operands(qkv, options)], shapes, ([q, kv], x, ...more) => {
    const from = { values: x!, first: 0, stride };
    const toQueries = { values: q!, first: 0, stride: qWidth };
    turnHeads(toQueries, from, treatmentOf('qNorm', n, heads, d, options, more));
    const toKeys = { values: kv!, first: 0, stride: 2 * kWidth };
    const ofKeys = { ...from, first: qWidth };
    turnHeads(toKeys, ofKeys, treatmentOf('kNorm', n, kvHeads, d, options, more));
    copyHeads({ ...toKeys, first: kWidth }, { ...from, first: qWidth + kWidth }, n, kWidth);
  });
}

/** @returns dqkv as qkv, then the wanted gradients of the norms that there are */
export function rotateHeadsGradientOnHost(inputs: RotateHeadsGradientInputs): tf.Tensor[] {
  const { dq, dkv, qkv, shape, options, wantsNorms } = inputs;
  const { heads, kvHeads, headDim: d } = shape;
  const [n, stride] = qkv.shape;
  const [qWidth, kWidth] = [heads * d, kvHeads * d];
  const norms = (['qNorm', 'kNorm'] as const).filter((name) => wantsNorms && options[name]);
  const read = [dq, dkv, qkv, ...operands(qkv, options)];
  const shapes = [[n, stride], ...norms.map(() => [d])];
  return runOnHostTo(read, shapes, ([dx, ...dNorms], dQueries, dKeys, x, ...more) => {
    const to = { values: dx!, first: 0, stride };
    const parts = {
      qNorm: {
        to,
        from: { values: dQueries!, first: 0, stride: qWidth },
        input: { values: x!, first: 0, stride },
        treatment: treatmentOf('qNorm', n, heads, d, options, more),
      },
      kNorm: {
        to: { ...to, first: qWidth },
        from: { values: dKeys!, first: 0, stride: 2 * kWidth },
        input: { values: x!, first: qWidth, stride },
        treatment: treatmentOf('kNorm', n, kvHeads, d, options, more),
      },
    };
    for (const part of Object.values(parts)) {
      turnBack(part.to, part.from, part.input, part.treatment);
    }
    norms.forEach((name, i) => {
      const { from, input, treatment } = parts[name];
      normGradient(dNorms[i]!, from, input, treatment);
    });
    const dValues = { ...parts.kNorm.from, first: kWidth };
    copyHeads({ ...to, first: qWidth + kWidth }, dValues, n, kWidth);
  });
}

/** Always four tensors, so that each has its place; `absent` stands for those that there are not. */
function operands(absent: tf.Tensor, { angles, qNorm, kNorm }: RotateHeadsOptions): tf.Tensor[] {
  return [angles?.cos ?? absent, angles?.sin ?? absent, qNorm ?? absent, kNorm ?? absent];
}

function treatmentOf(
  name: 'qNorm' | 'kNorm',
  n: number,
  count: number,
  d: number,
  options: RotateHeadsOptions,
  [cos, sin, qNorm, kNorm]: Values[],
): Treatment {
  const weight = name === 'qNorm' ? qNorm! : kNorm!;
  return {
    n,
    count,
    d,
    ...(options.angles && { angles: { cos: cos!, sin: sin! } }),
    ...(options[name] && { norm: { weight, one: options.plusOne ? 1 : 0, eps: options.eps } }),
  };
}

function turnHeads(to: Place, from: Place, { n, count, d, angles, norm }: Treatment): void {
  const [x, y] = [from.values, to.values];
  for (let t = 0; t < n; t++) {
    for (let head = 0; head < count; head++) {
      const source = from.first + t * from.stride + head * d;
      const target = to.first + t * to.stride + head * d;
      if (norm) {
        const { weight, one } = norm;
        const inverse = inverseRms(x, source, d, norm.eps);
        for (let i = 0; i < d; i++) y[target + i] = x[source + i]! * inverse * (weight[i]! + one);
      } else {
        for (let i = 0; i < d; i++) y[target + i] = x[source + i]!;
      }
      if (angles) turn(y, target, y, target, t, d, angles, 1);
    }
  }
}

/** The gradient of turnHeads: `from` holds that of its output, `input` its input. */
function turnBack(to: Place, from: Place, input: Place, treatment: Treatment): void {
  const { n, count, d, angles, norm } = treatment;
  const [dx, x] = [to.values, input.values];
  for (let t = 0; t < n; t++) {
    for (let head = 0; head < count; head++) {
      const source = from.first + t * from.stride + head * d;
      const target = to.first + t * to.stride + head * d;
      if (angles) turn(dx, target, from.values, source, t, d, angles, -1);
      else for (let i = 0; i < d; i++) dx[target + i] = from.values[source + i]!;
      if (!norm) continue;
      const { weight, one, eps } = norm;
      const at = input.first + t * input.stride + head * d;
      const inverse = inverseRms(x, at, d, eps);
      let overlap = 0;
      for (let i = 0; i < d; i++) {
        overlap += dx[target + i]! * (weight[i]! + one) * x[at + i]! * inverse;
      }
      for (let i = 0; i < d; i++) {
        const g = dx[target + i]! * (weight[i]! + one);
        dx[target + i] = (g - (x[at + i]! * inverse * overlap) / d) * inverse;
      }
    }
  }
}

/** Adds the gradient of the norm's weights up in `dWeight`. */
function normGradient(
  dWeight: Float32Array,
  from: Place,
  input: Place,
  { n, count, d, angles, norm }: Treatment,
): void {
  const dy = new Float32Array(d);
  const sums = new Float64Array(d);
  for (let t = 0; t < n; t++) {
    for (let head = 0; head < count; head++) {
      const source = from.first + t * from.stride + head * d;
      if (angles) turn(dy, 0, from.values, source, t, d, angles, -1);
      else for (let i = 0; i < d; i++) dy[i] = from.values[source + i]!;
      const at = input.first + t * input.stride + head * d;
      const inverse = inverseRms(input.values, at, d, norm!.eps);
      for (let i = 0; i < d; i++) sums[i]! += dy[i]! * input.values[at + i]! * inverse;
    }
  }
  dWeight.set(sums);
}

/** Turns one head of token t; with sign -1 back. `y` and `x` may be the same place. */
function turn(
  y: Values,
  target: number,
  x: Values,
  source: number,
  t: number,
  d: number,
  { cos, sin }: { readonly cos: Values; readonly sin: Values },
  sign: 1 | -1,
): void {
  const half = d / 2;
  for (let i = 0, angle = t * half; i < half; i++, angle++) {
    const c = cos[angle]!;
    const s = sign * sin[angle]!;
    const first = x[source + i]!;
    const second = x[source + half + i]!;
    y[target + i] = first * c - second * s;
    y[target + half + i] = second * c + first * s;
  }
}

function inverseRms(x: Values, first: number, d: number, eps: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += x[first + i]! * x[first + i]!;
  return 1 / Math.sqrt(sum / d + eps);
}

/** `width` entries of every token. */
function copyHeads(to: Place, from: Place, n: number, width: number): void {
  for (let t = 0; t < n; t++) {
    const source = from.first + t * from.stride;
    to.values.set(from.values.subarray(source, source + width), to.first + t * to.stride);
  }
}
