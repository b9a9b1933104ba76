// A mixture of experts, forward and backward. The experts are frozen.
import {
  activate,
  activateGradient,
  type ActivationKind,
} from '../../tensor/ops/activation/activation.ts';
import { linear, linearInputGradient } from '../../tensor/ops/linear/linear.ts';
import { sumTensors } from '../../tensor/sum-tensors.ts';
import * as tf from '../../tensor/tf.ts';
import { expertsIn, type DecoderSpec, type ExpertsSpec } from '../spec/decoder-spec.ts';
import { layerName } from '../spec/fused-tensors.ts';
import type { PassContext } from './pass-context.ts';

/** What the backward pass needs. */
export interface ExpertsSaved {
  /** [n, width] */
  readonly x: tf.Tensor2D;
  /** Absent in a dense layer. */
  readonly routing?: Routing;
}

interface Routing {
  /** [n, experts] share of every expert in the output; 0 for those not chosen */
  readonly shares: tf.Tensor2D;
  /** [n, experts] the softmax that shares are taken from */
  readonly all: tf.Tensor2D;
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
  const mlp = expertsOf(context.spec);
  const { experts, isDense } = expertsIn(mlp, layer);
  if (isDense) return { y: tf.tidy(() => runExpert(x, layer, 0, context).y), saved: { x } };
  const [y, shares, all] = tf.tidy(() => {
    const router = weightsOf(context, layer, 'router');
    const logits = linear(x, router.weight, router).y; // [n, experts]
    const routing = routingOf(logits, mlp);
    const parts = Array.from({ length: experts }, (_, index) =>
      tf.tidy(() => tf.mul(runExpert(x, layer, index, context).y, column(routing.shares, index))),
    );
    return [sumTensors(parts), routing.shares, routing.all];
  }) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  return { y, saved: { x, routing: { shares, all } } };
}

/** Gradients of the experts are not wanted by anyone. @param dy [n, width] @returns [n, width] */
export function expertsBackward(
  dy: tf.Tensor2D,
  layer: number,
  { x, routing }: ExpertsSaved,
  context: PassContext,
): tf.Tensor2D {
  const mlp = expertsOf(context.spec);
  const { experts } = expertsIn(mlp, layer);
  const kind = activationOf(mlp);
  /** @param dOut of the expert's output */
  const inputGradient = (dOut: tf.Tensor2D, { raw, into, out }: ExpertRun) => {
    const dInner = linearInputGradient(dOut, out.weight);
    return linearInputGradient(activateGradient(dInner, raw, kind), into.weight);
  };
  if (!routing) return tf.tidy(() => inputGradient(dy, runExpert(x, layer, 0, context)));
  const { shares, all } = routing;
  return tf.tidy(() => {
    const dShares: tf.Tensor2D[] = [];
    const dx: tf.Tensor[] = [];
    for (let index = 0; index < experts; index++) {
      const [dShare, dInput] = tf.tidy(() => {
        const run = runExpert(x, layer, index, context);
        const dOut = tf.mul(dy, column(shares, index)) as tf.Tensor2D;
        return [tf.sum(tf.mul(dy, run.y), 1, true), inputGradient(dOut, run)];
      }) as [tf.Tensor2D, tf.Tensor2D];
      dShares.push(dShare);
      dx.push(dInput);
    }
    // Through the softmax; those not chosen have share 0, and count by what they take from the others.
    const moved = tf.mul(tf.concat(dShares, 1), shares);
    const overlap = tf.sum(moved, 1, true);
    const dLogits = tf.sub(moved, tf.mul(all, overlap)) as tf.Tensor2D;
    dx.push(linearInputGradient(dLogits, weightsOf(context, layer, 'router').weight));
    return sumTensors(dx) as tf.Tensor2D;
  });
}

/** Of every row, which experts are chosen and what is each one's share. @param logits [n, experts] */
function routingOf(logits: tf.Tensor2D, { perToken, sharesOfAll }: ExpertsSpec): Routing {
  const { values } = tf.topk(logits, perToken);
  const least = tf.slice(values, [0, perToken - 1], [-1, 1]); // [n, 1]
  const left = tf.less(logits, least);
  if (sharesOfAll) {
    const all = tf.softmax(logits) as tf.Tensor2D;
    return { all, shares: tf.mul(all, tf.logicalNot(left)) as tf.Tensor2D };
  }
  const all = tf.softmax(tf.add(logits, tf.mul(left, -1e9))) as tf.Tensor2D;
  return { all, shares: all };
}

type ExpertRun = ReturnType<typeof runExpert>;

function runExpert(x: tf.Tensor2D, layer: number, index: number, context: PassContext) {
  const into = weightsOf(context, layer, `experts.${index}.in`);
  const out = weightsOf(context, layer, `experts.${index}.out`);
  const raw = linear(x, into.weight, into).y; // [n, 2 inner]
  const inner = activate(raw, activationOf(expertsOf(context.spec)));
  return { y: linear(inner, out.weight, out).y, raw, into, out };
}

const activationOf = ({ clamped }: ExpertsSpec): ActivationKind =>
  clamped ? { function: 'swiglu_clamped', ...clamped } : { gated: true, function: 'silu' };

function weightsOf({ weights }: PassContext, layer: number, part: string) {
  const name = layerName(layer, part);
  const bias = weights.vector(`${name}.bias`);
  return { weight: weights.matrix(`${name}.weight`), ...(bias && { bias }) };
}

function expertsOf({ mlp }: DecoderSpec): ExpertsSpec {
  if (mlp.kind !== 'experts') throw new Error('the model has no experts');
  return mlp;
}

/** [n, 1] */
function column(x: tf.Tensor2D, index: number): tf.Tensor2D {
  return tf.slice(x, [0, index], [-1, 1]);
}
