// gpt-oss's mixture of experts, forward and backward. The experts are frozen.
import { activate, activateGradient } from '../../tensor/ops/activation/activation.ts';
import { linear, linearInputGradient } from '../../tensor/ops/linear/linear.ts';
import { sumTensors } from '../../tensor/sum-tensors.ts';
import * as tf from '../../tensor/tf.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { layerName } from '../spec/fused-tensors.ts';
import type { PassContext } from './pass-context.ts';

/** What the backward pass needs. */
export interface ExpertsSaved {
  /** [n, width] */
  readonly x: tf.Tensor2D;
  /** [n, experts] share of every expert in the output; 0 for those not chosen */
  readonly shares: tf.Tensor2D;
}

/**
 * Every expert runs on every token and counts with its share: right for any model, and quick for
 * few experts.
 * @param x [n, width] @returns y [n, width]
 */
export function expertsForward(
  x: tf.Tensor2D,
  layer: number,
  context: PassContext,
): { y: tf.Tensor2D; saved: ExpertsSaved } {
  const { experts, perToken } = expertsOf(context.spec);
  const [y, shares] = tf.tidy(() => {
    const router = weightsOf(context, layer, 'router');
    const logits = linear(x, router.weight, { bias: router.bias }).y; // [n, experts]
    const chosen = sharesOf(logits, perToken);
    const parts = Array.from({ length: experts }, (_, index) =>
      tf.tidy(() => tf.mul(runExpert(x, layer, index, context).y, column(chosen, index))),
    );
    return [sumTensors(parts), chosen];
  }) as [tf.Tensor2D, tf.Tensor2D];
  return { y, saved: { x, shares } };
}

/** Gradients of the experts are not wanted by anyone. @param dy [n, width] @returns [n, width] */
export function expertsBackward(
  dy: tf.Tensor2D,
  layer: number,
  { x, shares }: ExpertsSaved,
  context: PassContext,
): tf.Tensor2D {
  const { experts, limit, alpha } = expertsOf(context.spec);
  const kind = { function: 'swiglu_clamped', limit, alpha } as const;
  return tf.tidy(() => {
    const dShares: tf.Tensor2D[] = [];
    const dx: tf.Tensor[] = [];
    for (let index = 0; index < experts; index++) {
      const [dShare, dInput] = tf.tidy(() => {
        const { y, raw, into, out } = runExpert(x, layer, index, context);
        const dOut = tf.mul(dy, column(shares, index)) as tf.Tensor2D;
        const dInner = linearInputGradient(dOut, out.weight);
        const dRaw = activateGradient(dInner, raw, kind);
        return [tf.sum(tf.mul(dy, y), 1, true), linearInputGradient(dRaw, into.weight)];
      }) as [tf.Tensor2D, tf.Tensor2D];
      dShares.push(dShare);
      dx.push(dInput);
    }
    // The softmax over the chosen logits; those not chosen have share 0 and so no gradient.
    const dShare = tf.concat(dShares, 1);
    const overlap = tf.sum(tf.mul(dShare, shares), 1, true);
    const dLogits = tf.mul(shares, tf.sub(dShare, overlap)) as tf.Tensor2D;
    dx.push(linearInputGradient(dLogits, weightsOf(context, layer, 'router').weight));
    return sumTensors(dx) as tf.Tensor2D;
  });
}

/** Softmax over the `count` largest logits of every row: [n, experts] */
function sharesOf(logits: tf.Tensor2D, count: number): tf.Tensor2D {
  const { values } = tf.topk(logits, count);
  const least = tf.slice(values, [0, count - 1], [-1, 1]); // [n, 1]
  const hidden = tf.mul(tf.less(logits, least), -1e9);
  return tf.softmax(tf.add(logits, hidden)) as tf.Tensor2D;
}

function runExpert(x: tf.Tensor2D, layer: number, index: number, context: PassContext) {
  const { limit, alpha } = expertsOf(context.spec);
  const into = weightsOf(context, layer, `experts.${index}.in`);
  const out = weightsOf(context, layer, `experts.${index}.out`);
  const raw = linear(x, into.weight, { bias: into.bias }).y; // [n, 2 inner]
  const inner = activate(raw, { function: 'swiglu_clamped', limit, alpha });
  return { y: linear(inner, out.weight, { bias: out.bias }).y, raw, into, out };
}

function weightsOf({ weights }: PassContext, layer: number, part: string) {
  const name = layerName(layer, part);
  return { weight: weights.matrix(`${name}.weight`), bias: weights.vector(`${name}.bias`)! };
}

function expertsOf({ mlp }: DecoderSpec) {
  if (mlp.kind !== 'experts') throw new Error('the model has no experts');
  return mlp;
}

/** [n, 1] */
function column(x: tf.Tensor2D, index: number): tf.Tensor2D {
  return tf.slice(x, [0, index], [-1, 1]);
}
