// One decoder layer, forward and backward.
import { attention, attentionGradient } from '../tensor/ops/attention.ts';
import type { AttentionSaved, AttentionShape } from '../tensor/ops/attention.ts';
import { gatedSilu, gatedSiluGradient } from '../tensor/ops/gated-silu.ts';
import { rmsNorm, rmsNormGradient } from '../tensor/ops/rms-norm.ts';
import { rotary } from '../tensor/ops/rotary.ts';
import type { RotaryAngles } from '../tensor/ops/rotary.ts';
import * as tf from '../tensor/tf.ts';
import { modulePath } from './decoder-spec.ts';
import type { DecoderSpec, NormPart, Projection } from './decoder-spec.ts';
import type { Gradients } from './parameters.ts';
import { project, projectBackward } from './projection.ts';
import type { PassContext, ProjectionSaved } from './projection.ts';

/** What all layers of one pass share. */
export interface LayerContext extends PassContext {
  readonly spec: DecoderSpec;
  readonly angles: RotaryAngles;
  /** [rows, 1, slots, slots] */
  readonly mask: tf.Tensor4D;
  readonly attentionShape: AttentionShape;
}

/** Intermediates of a layer that its backward pass needs; all [n, …] with n = rows * slots. */
export interface LayerSaved {
  readonly input: tf.Tensor2D;
  readonly middle: tf.Tensor2D;
  readonly gate: tf.Tensor2D;
  readonly up: tf.Tensor2D;
  /** q and k before their norms; absent without them. */
  readonly rawHeads: { readonly q?: tf.Tensor2D; readonly k?: tf.Tensor2D };
  readonly attention: AttentionSaved;
  readonly projections: Record<Exclude<Projection, 'qkv'>, ProjectionSaved>;
}

/** @param x [n, width] the residual stream @returns y [n, width] */
export function layerForward(
  x: tf.Tensor2D,
  layer: number,
  context: LayerContext,
): { y: tf.Tensor2D; saved: LayerSaved } {
  const { spec, angles, mask, attentionShape } = context;
  const run = (part: Projection, input: tf.Tensor2D) =>
    project(modulePath(spec, part, layer), input, context);

  const n1 = norm('attentionNorm', x, layer, context);
  const [q, k, v] = [run('q', n1), run('k', n1), run('v', n1)];
  const turned = (y: tf.Tensor2D, part: 'qNorm' | 'kNorm', heads: number) => {
    const shape = [y.shape[0], heads, spec.headDim] as [number, number, number];
    const normed = spec.qkNorm ? headNorm(part, y, layer, context) : y;
    return rotary(tf.reshape(normed, shape), angles);
  };
  const mixed = attention(
    turned(q.y, 'qNorm', spec.heads),
    turned(k.y, 'kNorm', spec.kvHeads),
    v.y,
    mask,
    attentionShape,
  );
  const o = run('o', mixed.y);
  const middle = tf.add(x, o.y) as tf.Tensor2D;

  const n2 = norm('mlpNorm', middle, layer, context);
  const [gate, up] = [run('gate', n2), run('up', n2)];
  const down = run('down', gatedSilu(gate.y, up.y));
  return {
    y: tf.add(middle, down.y),
    saved: {
      input: x,
      middle,
      gate: gate.y,
      up: up.y,
      rawHeads: spec.qkNorm ? { q: q.y, k: k.y } : {},
      attention: mixed.saved,
      projections: {
        q: q.saved,
        k: k.saved,
        v: v.saved,
        o: o.saved,
        gate: gate.saved,
        up: up.saved,
        down: down.saved,
      },
    },
  };
}

/** Leaves the wanted gradients and returns that of the input. @param dy [n, width] @returns [n, width] */
export function layerBackward(
  dy: tf.Tensor2D,
  layer: number,
  saved: LayerSaved,
  context: LayerContext,
  gradients: Gradients,
): tf.Tensor2D {
  const { spec, angles, attentionShape } = context;
  const back = (part: Exclude<Projection, 'qkv'>, d: tf.Tensor2D) =>
    projectBackward(modulePath(spec, part, layer), d, saved.projections[part], context, gradients);

  const { dGate, dUp } = gatedSiluGradient(back('down', dy), saved.gate, saved.up);
  const dN2 = tf.add(back('gate', dGate), back('up', dUp)) as tf.Tensor2D;
  const dMiddle = tf.add(
    dy,
    normBackward('mlpNorm', dN2, saved.middle, layer, context, gradients),
  ) as tf.Tensor2D;

  const { dq, dk, dv } = attentionGradient(back('o', dMiddle), saved.attention, attentionShape);
  const unturned = (d: tf.Tensor2D, part: 'qNorm' | 'kNorm', raw?: tf.Tensor2D) => {
    const heads = part === 'qNorm' ? spec.heads : spec.kvHeads;
    const shape = [d.shape[0], heads, spec.headDim] as [number, number, number];
    const flat = tf.reshape(rotary(tf.reshape(d, shape), angles, true), d.shape) as tf.Tensor2D;
    return raw === undefined ? flat : headNormBackward(part, flat, raw, layer, context, gradients);
  };
  const dN1 = tf.addN([
    back('q', unturned(dq, 'qNorm', saved.rawHeads.q)),
    back('k', unturned(dk, 'kNorm', saved.rawHeads.k)),
    back('v', dv),
  ]) as tf.Tensor2D;
  return tf.add(
    dMiddle,
    normBackward('attentionNorm', dN1, saved.input, layer, context, gradients),
  );
}

/** @param x [n, width] @returns [n, width] */
export function norm(
  part: NormPart,
  x: tf.Tensor2D,
  layer: number,
  { spec, weights }: LayerContext,
): tf.Tensor2D {
  const weight = weights.get(`${modulePath(spec, part, layer)}.weight`) as tf.Tensor1D;
  return rmsNorm(x, weight, spec.norm.eps);
}

export function normBackward(
  part: NormPart,
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  layer: number,
  { spec, weights }: LayerContext,
  gradients: Gradients,
): tf.Tensor2D {
  const name = `${modulePath(spec, part, layer)}.weight`;
  const { dx, dWeight } = rmsNormGradient(
    dy,
    x,
    weights.get(name) as tf.Tensor1D,
    spec.norm.eps,
    gradients.wants(name),
  );
  if (dWeight !== undefined) gradients.add(name, dWeight);
  return dx;
}

/** A norm over each head's values. @param y [n, heads * headDim] */
function headNorm(part: NormPart, y: tf.Tensor2D, layer: number, context: LayerContext) {
  const rows = tf.reshape(y, [-1, context.spec.headDim]) as tf.Tensor2D;
  return tf.reshape(norm(part, rows, layer, context), y.shape);
}

function headNormBackward(
  part: NormPart,
  dy: tf.Tensor2D,
  raw: tf.Tensor2D,
  layer: number,
  context: LayerContext,
  gradients: Gradients,
): tf.Tensor2D {
  const rows = (x: tf.Tensor2D) => tf.reshape(x, [-1, context.spec.headDim]) as tf.Tensor2D;
  return tf.reshape(normBackward(part, rows(dy), rows(raw), layer, context, gradients), raw.shape);
}
