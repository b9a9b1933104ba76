// What a linear map with LoRA branches comes to by its definition, in double precision.
import {
  dropoutBits,
  dropThreshold,
  keptScale,
} from '../../../src/tensor/ops/linear/lora-branch.ts';
import type { RowsWithin } from '../../../src/tensor/ops/linear/linear.ts';
import type { FormName } from './tensors.ts';

export interface LinearCase {
  readonly n: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly format: FormName;
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly lora?: {
    readonly rank: number;
    /** [first, size] of the output columns of each part */
    readonly parts: readonly (readonly [number, number])[];
    readonly dropout?: number;
    /** The case's rows are some of more. */
    readonly within?: RowsWithin;
  };
}

/** A branch with values of its own, between those of other groups. */
export function branchOf(
  { rank, parts, dropout, within }: NonNullable<LinearCase['lora']>,
  inputs: number,
  draw: (size: number) => Float32Array,
) {
  const aStart = 5; // other groups' values lie before and after
  let at = aStart + parts.length * rank * inputs;
  const placed = parts.map(([first, size], part) => {
    const bStart = at;
    at += size * rank;
    return { first, size, bStart, scaling: 0.7 - 0.3 * part };
  });
  return {
    values: draw(at + 3),
    shape: {
      ...{ rank, aStart, parts: placed },
      ...(dropout && {
        dropout: { rate: dropout, seed: 0x9abcdef1, ...(within && { within }) },
      }),
    },
  };
}

interface Values {
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly residual: Float32Array | undefined;
  readonly added: Float32Array | undefined;
  readonly branch: ReturnType<typeof branchOf> | undefined;
}

/** Every result by its name. */
export function reference(
  { n, inputs, outputs }: LinearCase,
  { x, dy, weight, bias, residual, added, branch }: Values,
): Map<string, Float64Array> {
  const y = new Float64Array(n * outputs);
  const dx = new Float64Array(n * inputs);
  const dW = new Float64Array(outputs * inputs);
  const dBias = new Float64Array(outputs);
  for (let t = 0; t < n; t++) {
    for (let o = 0; o < outputs; o++) {
      y[t * outputs + o] = (bias?.[o] ?? 0) + (residual?.[t * outputs + o] ?? 0);
      dBias[o]! += dy[t * outputs + o]!;
      for (let i = 0; i < inputs; i++) {
        dW[o * inputs + i]! += dy[t * outputs + o]! * x[t * inputs + i]!;
        y[t * outputs + o]! += x[t * inputs + i]! * weight[o * inputs + i]!;
        dx[t * inputs + i]! += dy[t * outputs + o]! * weight[o * inputs + i]!;
      }
    }
  }
  added?.forEach((value, i) => (dx[i]! += value));
  const results = new Map([
    ['y', y],
    ['dx', dx],
  ]);
  if (branch === undefined) return results.set('dW', dW).set('dBias', dBias);
  const { values, shape } = branch;
  const { rank, aStart, parts, dropout } = shape;
  const lows = parts.length * rank;
  const low = new Float64Array(n * lows);
  const dLow = new Float64Array(n * lows);
  const gradient = new Float64Array(values.length).fill(1);
  parts.forEach(({ first, size, bStart, scaling }, part) => {
    for (let t = 0; t < n; t++) {
      const mask = (i: number) => {
        if (dropout === undefined) return 1;
        const { first, rows } = dropout.within ?? { first: 0, rows: n };
        const bits = dropoutBits(dropout.seed, (part * rows + first + t) * inputs + i);
        return bits < dropThreshold(dropout.rate) ? 0 : keptScale(dropout.rate);
      };
      for (let r = 0; r < rank; r++) {
        const at = t * lows + part * rank + r;
        const a = aStart + (part * rank + r) * inputs;
        for (let i = 0; i < inputs; i++) low[at]! += x[t * inputs + i]! * mask(i) * values[a + i]!;
        for (let o = 0; o < size; o++) {
          const b = bStart + o * rank + r;
          const slope = scaling * dy[t * outputs + first + o]!;
          y[t * outputs + first + o]! += scaling * low[at]! * values[b]!;
          dLow[at]! += slope * values[b]!;
          gradient[b]! += slope * low[at]!;
        }
        for (let i = 0; i < inputs; i++) {
          dx[t * inputs + i]! += mask(i) * dLow[at]! * values[a + i]!;
          gradient[a + i]! += dLow[at]! * x[t * inputs + i]! * mask(i);
        }
      }
    }
  });
  return results.set('low', low).set('dLow', dLow).set('gradient', gradient);
}
