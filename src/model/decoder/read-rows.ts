// The rows of a pass that are read: all that the last layer gives.
import { gatherRows, scatterAddRows } from '../../tensor/ops/rows/rows.ts';
import type * as tf from '../../tensor/tf.ts';
import type { LinearGroup } from '../spec/fused-tensors.ts';
import type { PassContext } from './pass-context.ts';

/** Where a layer leaves rows that nobody reads behind, and where their gradient comes back as zeros. */
export interface RowChoice {
  /** @param x [n, …] @returns [rows, …] */
  take(x: tf.Tensor2D): tf.Tensor2D;
  /** @param d [rows, …] @returns [n, …] */
  spread(d: tf.Tensor2D): tf.Tensor2D;
}

const ALL: RowChoice = { take: (x) => x, spread: (d) => d };

/** What a layer goes on with after its attention, and what of that it gives. @param n rows it is given */
export function rowChoices(
  layer: number,
  n: number,
  context: PassContext,
): { readonly intoMlp: RowChoice; readonly outOfLayer: RowChoice } {
  const { outputs, spec } = context;
  if (outputs === undefined || layer < spec.layers - 1) return { intoMlp: ALL, outOfLayer: ALL };
  const read: RowChoice = {
    take: (x) => gatherRows(x, outputs),
    spread: (d) => scatterAddRows(d, outputs, n),
  };
  return isWorthTaking(outputs.length, n) && !dropsByRow(layer, context)
    ? { intoMlp: read, outOfLayer: ALL }
    : { intoMlp: ALL, outOfLayer: read };
}

/** Whether the last MLP runs on the rows that are read alone: taking them costs more than it saves if they are most. */
export const isWorthTaking = (outputs: number, n: number): boolean => 2 * outputs <= n;

/** Dropout in the MLP's branches goes by the numbers of rows, which are to stay as they are. */
function dropsByRow(layer: number, { adapter, dropout }: PassContext): boolean {
  const groups: readonly LinearGroup[] = ['mlpIn', 'mlpOut'];
  return dropout !== undefined && groups.some((group) => adapter?.branch(layer, group));
}
