// The part of a layer after attention: gated, plain or a mixture of experts.
import { activate, activateGradient } from '../../tensor/ops/activation/activation.ts';
import type { ActivationKind } from '../../tensor/ops/activation/activation.ts';
import * as tf from '../../tensor/tf.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { expertsBackward, expertsForward } from './experts.ts';
import type { ExpertsSaved } from './experts.ts';
import type { Gradients } from './parameters.ts';
import type { PassContext } from './pass-context.ts';
import { project, projectBackward } from './projection.ts';
import type { ProjectionSaved } from './projection.ts';

/** What the backward pass needs. */
export type MlpSaved =
  | {
      readonly kind: 'dense';
      readonly mlpIn: ProjectionSaved;
      /** [n, inner] or [n, 2 inner] what is activated */
      readonly raw: tf.Tensor2D;
      readonly mlpOut: ProjectionSaved;
    }
  | { readonly kind: 'experts'; readonly experts: ExpertsSaved };

/** @param x [n, width] @param residual [n, width], added to the result @returns y [n, width] */
export function mlpForward(
  x: tf.Tensor2D,
  layer: number,
  context: PassContext,
  residual?: tf.Tensor2D,
): { y: tf.Tensor2D; saved: MlpSaved } {
  if (context.spec.mlp.kind === 'experts') {
    const { y, saved } = expertsForward(x, layer, context);
    const sum = residual ? (tf.add(y, residual) as tf.Tensor2D) : y;
    return { y: sum, saved: { kind: 'experts', experts: saved } };
  }
  const { y: raw, saved: mlpIn } = project('mlpIn', layer, x, context);
  const inner = activate(raw, activationOf(context.spec));
  const { y, saved: mlpOut } = project('mlpOut', layer, inner, context, residual);
  return { y, saved: { kind: 'dense', mlpIn, raw, mlpOut } };
}

/** Leaves the wanted gradients. @param dy [n, width] @returns [n, width] the gradient of x */
export function mlpBackward(
  dy: tf.Tensor2D,
  layer: number,
  saved: MlpSaved,
  context: PassContext,
  gradients: Gradients,
): tf.Tensor2D {
  if (saved.kind === 'experts') return expertsBackward(dy, layer, saved.experts, context);
  const dInner = projectBackward('mlpOut', layer, dy, saved.mlpOut, context, gradients)!;
  const dRaw = activateGradient(dInner, saved.raw, activationOf(context.spec));
  return projectBackward('mlpIn', layer, dRaw, saved.mlpIn, context, gradients)!;
}

function activationOf({ mlp }: DecoderSpec): ActivationKind {
  if (mlp.kind === 'experts') throw new Error('experts have an activation of their own');
  return { gated: mlp.kind === 'gated', function: mlp.activation };
}
