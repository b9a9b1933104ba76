// The block of results that an invocation of a product has: its sums, and the steps that add to them.

/**
 * `rows`: y = x W^T, every entry a product of a row of x and a row of W.
 * `columns`: y = x W, sums of rows of W.
 */
export type GemmForm = 'rows' | 'columns';

/**
 * How the work is cut. Every invocation has a block of `height` rows x 4 columns of results.
 * `registers` loads operands straight from storage. `subgroup` does so with subgroups of exactly
 * four invocations that share what they load of x: for adapters that compute on a processor, where
 * loads are dear and barriers dearer. `tiles` moves blocks through workgroup memory: for GPUs.
 * `lanes` divides the sums of one block among a workgroup: for few rows on GPUs.
 */
export interface GemmVariant {
  readonly kind: 'registers' | 'subgroup' | 'tiles' | 'lanes';
  readonly height: number;
  /** Invocations along either side of a workgroup. */
  readonly side: number;
}

/** Results per invocation along a row. */
export const WIDTH = 4;

export const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * Multiplies four steps of k. In `rows`, `right(j)` has the steps of column j; in `columns` it has
 * the four columns of step j. `left(i)` has the steps of row i.
 * @param sum what the results of row i are added to: a vec4f, in `rows` of four f32 `sum(i)_0` …
 */
export function multiplyFour(
  form: GemmForm,
  height: number,
  left: (i: number) => string,
  right: (j: number) => string,
  sum: (i: number) => string,
): string {
  const lines = range(4).map((j) => `let b${j} = ${right(j)};`);
  for (const i of range(height)) {
    lines.push(`{ let a = ${left(i)};`);
    for (const j of range(4)) {
      lines.push(
        form === 'rows' ? `${sum(i)}_${j} += dot(a, b${j});` : `${sum(i)} += a[${j}] * b${j};`,
      );
    }
    lines.push('}');
  }
  return lines.join('\n');
}

export const declareSums = (form: GemmForm, height: number) =>
  range(height)
    .map((i) =>
      form === 'rows'
        ? range(4)
            .map((j) => `var s${i}_${j} = 0.0;`)
            .join(' ')
        : `var s${i} = vec4f();`,
    )
    .join('\n');

/** From here on the results of row i are the vec4f `v<i>`. */
export const gatherSums = (form: GemmForm, height: number) =>
  range(height)
    .map((i) =>
      form === 'rows'
        ? `var v${i} = vec4f(s${i}_0, s${i}_1, s${i}_2, s${i}_3);`
        : `var v${i} = s${i};`,
    )
    .join('\n');

/** What the loops are told besides their form. */
export interface LoopOptions {
  /** Whether there is always a multiple of 4 terms. */
  readonly byFour: boolean;
  /** Statements at the beginning of `main`: they define `terms`, and may read the `layer`. */
  readonly begin?: string;
}

/** Invocations without results end. */
export const BEYOND = 'if (i0 >= u.n || j0 >= u.m) { return; }';
