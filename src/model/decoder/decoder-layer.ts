// One decoder layer, forward and backward.
import { attention, attentionGradient, writeRows } from '../../tensor/ops/attention/attention.ts';
import type { NormParameters } from '../../tensor/ops/norm/norm.ts';
import { normalise, normaliseGradient } from '../../tensor/ops/norm/norm.ts';
import { rotateHeads, rotateHeadsGradient } from '../../tensor/ops/rotate-heads/rotate-heads.ts';
import * as tf from '../../tensor/tf.ts';
import type { NormPart } from '../spec/decoder-spec.ts';
import { layerName } from '../spec/fused-tensors.ts';
import { mlpBackward, mlpForward } from './mlp.ts';
import type { MlpSaved } from './mlp.ts';
import type { Gradients } from './parameters.ts';
import { attentionShape, normParameters } from './pass-context.ts';
import type { PassContext } from './pass-context.ts';
import { project, projectBackward } from './projection.ts';
import type { ProjectionSaved } from './projection.ts';
import { rowChoices } from './read-rows.ts';
import type { RowChoice } from './read-rows.ts';

/**
 * Intermediates of a layer that its backward pass needs; all [n, …] with n = rows * slots, from `middle`
 * on of as many rows as go into the MLP.
 */
export interface LayerSaved {
  readonly input: tf.Tensor2D;
  readonly attentionIn: ProjectionSaved;
  /** [n, (heads + 2 kvHeads) headDim] before the norms over all of q and k, where there are such */
  readonly rawQkv?: tf.Tensor2D;
  /** [n, (heads + 2 kvHeads) headDim] */
  readonly qkv: tf.Tensor2D;
  readonly q: tf.Tensor2D;
  readonly kv: tf.Tensor2D;
  readonly logSum: tf.Tensor2D;
  readonly attentionOut: ProjectionSaved;
  /** Before its post norm, where there is one. */
  readonly attended?: tf.Tensor2D;
  /** The residual stream between attention and MLP. */
  readonly middle: tf.Tensor2D;
  readonly mlp: MlpSaved;
  /** Before its post norm, where there is one. */
  readonly mlpOut?: tf.Tensor2D;
}

/** @param x [n, width] the residual stream @returns y [n, width], of the last layer [outputs, width] */
export function layerForward(
  x: tf.Tensor2D,
  layer: number,
  context: PassContext,
): { y: tf.Tensor2D; saved: LayerSaved } {
  const { spec, weights, tree, cached } = context;
  const shape = attentionShape(context, layer);
  const sinks = weights.vector(layerName(layer, 'sinks'));
  const { intoMlp, outOfLayer } = rowChoices(layer, x.shape[0], context);

  const n1 = spec.preNorms ? normalise(x, normParameters(context, 'attentionNorm', layer)) : x;
  const { y: raw, saved: attentionIn } = project('attentionIn', layer, n1, context);
  const qkv = normaliseWhole(raw, layer, context);
  const { q, kv } = rotateHeads(qkv, shape, headOptions(context, layer));
  const seen = cached?.keysAndValues[layer];
  if (cached && seen) writeRows(seen, cached.firstQuery, kv);
  const mixed = attention(q, seen ?? kv, tree, shape, sinks ? { sinks } : {});
  const out = added('attentionOut', 'postAttentionNorm', layer, mixed.y, x, context);
  const middle = intoMlp.take(out.y);

  const n2 = mlpInput({ input: x, n1, middle }, layer, context, intoMlp);
  const fused = spec.postNorms ? undefined : middle;
  const { y: mlpOut, saved: mlp } = mlpForward(n2, layer, context, fused);
  const y = spec.postNorms
    ? normalise(mlpOut, normParameters(context, 'postMlpNorm', layer), middle)
    : mlpOut;
  return {
    y: outOfLayer.take(y),
    saved: {
      input: x,
      attentionIn,
      ...(qkv !== raw && { rawQkv: raw }),
      qkv,
      q,
      kv,
      logSum: mixed.logSum,
      attentionOut: out.saved,
      ...(spec.postNorms && { attended: out.raw, mlpOut }),
      middle,
      mlp,
    },
  };
}

/**
 * Leaves the wanted gradients and returns that of the input, [n, width]; undefined if not `wantsInput`.
 * @param dOutput [n, width], of the last layer [outputs, width]
 */
export function layerBackward(
  dOutput: tf.Tensor2D,
  layer: number,
  saved: LayerSaved,
  context: PassContext,
  gradients: Gradients,
  wantsInput = true,
): tf.Tensor2D | undefined {
  const { spec, weights, tree } = context;
  const shape = attentionShape(context, layer);
  const sinks = weights.vector(layerName(layer, 'sinks'));
  const { intoMlp, outOfLayer } = rowChoices(layer, saved.input.shape[0], context);
  const back = (part: NormPart, d: tf.Tensor2D, x: tf.Tensor2D, also?: tf.Tensor2D) =>
    normBackward(part, layer, d, x, context, gradients, also);

  const throughPreNorm = (part: NormPart, d: tf.Tensor2D, x: tf.Tensor2D, also: tf.Tensor2D) =>
    spec.preNorms ? back(part, d, x, also) : (tf.add(d, also) as tf.Tensor2D);
  const dy = outOfLayer.spread(dOutput);
  const dMlpOut = saved.mlpOut ? back('postMlpNorm', dy, saved.mlpOut) : dy;
  const dN2 = mlpBackward(dMlpOut, layer, saved.mlp, context, gradients);
  const sideBySide = spec.branches !== 'sequential';
  // Side by side, the stream between the two is the layer's input, and each branch gets the whole of dy.
  const dMiddle = intoMlp.spread(
    sideBySide ? dy : throughPreNorm('mlpNorm', dN2, saved.middle, dy),
  );

  const dOut = saved.attended ? back('postAttentionNorm', dMiddle, saved.attended) : dMiddle;
  const dMixed = projectBackward(
    'attentionOut',
    layer,
    dOut,
    saved.attentionOut,
    context,
    gradients,
  )!;
  const { q, kv, logSum, qkv } = saved;
  const forward = { y: saved.attentionOut.x, logSum, q, kv };
  const { dq, dkv } = attentionGradient(dMixed, forward, tree, shape, sinks ? { sinks } : {});
  const names = { q: layerName(layer, 'qNorm.weight'), k: layerName(layer, 'kNorm.weight') };
  const wantsNorms = spec.qkNorm === 'heads' && gradients.wants(names.q);
  const heads = rotateHeadsGradient(dq, dkv, qkv, shape, {
    ...headOptions(context, layer),
    wantsNorms,
  });
  if (heads.dQNorm) gradients.add(names.q, heads.dQNorm);
  if (heads.dKNorm) gradients.add(names.k, heads.dKNorm);
  const dRaw = saved.rawQkv
    ? wholeGradient(heads.dqkv, saved.rawQkv, layer, context, gradients)
    : heads.dqkv;
  const wantsN1 = wantsInput || gradients.wants(layerName(layer, 'attentionNorm.weight'));
  const dN1 = projectBackward(
    'attentionIn',
    layer,
    dRaw,
    saved.attentionIn,
    context,
    gradients,
    wantsN1,
  );
  if (dN1 === undefined) return undefined;
  switch (spec.branches) {
    case 'sequential':
      return throughPreNorm('attentionNorm', dN1, saved.input, dMiddle);
    case 'parallel': {
      const dInput = back('mlpNorm', dN2, intoMlp.take(saved.input), dy);
      return back('attentionNorm', dN1, saved.input, intoMlp.spread(dInput));
    }
    case 'parallel_shared':
      return back('attentionNorm', tf.add(dN1, intoMlp.spread(dN2)), saved.input, dMiddle);
  }
}

/** What enters the MLP. @param middle of the chosen rows alone */
function mlpInput(
  { input, n1, middle }: { input: tf.Tensor2D; n1: tf.Tensor2D; middle: tf.Tensor2D },
  layer: number,
  context: PassContext,
  { take }: RowChoice,
): tf.Tensor2D {
  const { branches, preNorms } = context.spec;
  if (branches === 'parallel_shared') return take(n1);
  if (!preNorms) return middle;
  const from = branches === 'parallel' ? take(input) : middle;
  return normalise(from, normParameters(context, 'mlpNorm', layer));
}

/** q and k normed over all heads at once, where the model does so. @param qkv [n, (heads + 2 kvHeads) headDim] */
function normaliseWhole(qkv: tf.Tensor2D, layer: number, context: PassContext): tf.Tensor2D {
  if (context.spec.qkNorm !== 'whole') return qkv;
  const [q, k, v] = wholeParts(qkv, context);
  return tf.concat2d(
    [
      normalise(q, normParameters(context, 'qNorm', layer)),
      normalise(k, normParameters(context, 'kNorm', layer)),
      v,
    ],
    1,
  );
}

function wholeGradient(
  dqkv: tf.Tensor2D,
  raw: tf.Tensor2D,
  layer: number,
  context: PassContext,
  gradients: Gradients,
): tf.Tensor2D {
  const [dq, dk, dv] = wholeParts(dqkv, context);
  const [q, k] = wholeParts(raw, context);
  return tf.concat2d(
    [
      normBackward('qNorm', layer, dq, q, context, gradients),
      normBackward('kNorm', layer, dk, k, context, gradients),
      dv,
    ],
    1,
  );
}

/** All of q, of k and of v: [n, …] each */
function wholeParts(qkv: tf.Tensor2D, { spec }: PassContext) {
  const [q, k] = [spec.heads * spec.headDim, spec.kvHeads * spec.headDim];
  const part = (first: number, width: number) =>
    tf.slice(qkv, [0, first], [-1, width]) as tf.Tensor2D;
  return [part(0, q), part(q, k), part(q + k, k)] as const;
}

/** residual + projection of x, its post norm in between where the model has one. */
function added(
  group: 'attentionOut',
  part: NormPart,
  layer: number,
  x: tf.Tensor2D,
  residual: tf.Tensor2D,
  context: PassContext,
): { y: tf.Tensor2D; raw: tf.Tensor2D; saved: ProjectionSaved } {
  if (!context.spec.postNorms) {
    const { y, saved } = project(group, layer, x, context, residual);
    return { y, raw: y, saved };
  }
  const { y: raw, saved } = project(group, layer, x, context);
  return { y: normalise(raw, normParameters(context, part, layer), residual), raw, saved };
}

function headOptions({ spec, weights, angles }: PassContext, layer: number) {
  const { rope } = spec.attention[layer]!;
  return {
    ...(rope !== null && { angles: angles[rope]! }),
    ...(spec.qkNorm === 'heads' && {
      qNorm: weights.vector(layerName(layer, 'qNorm.weight'))!,
      kNorm: weights.vector(layerName(layer, 'kNorm.weight'))!,
    }),
    eps: spec.norm.eps,
    plusOne: spec.norm.plusOne,
  };
}

/** The gradient of a norm's input, plus `also`; leaves those of its parameters. */
export function normBackward(
  part: NormPart,
  layer: number | undefined,
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  context: PassContext,
  gradients: Gradients,
  also?: tf.Tensor2D,
): tf.Tensor2D {
  const name = layer === undefined ? part : layerName(layer, part);
  const parameters: NormParameters = normParameters(context, part, layer);
  const { dx, dWeight, dBias } = normaliseGradient(dy, x, parameters, {
    ...(also && { added: also }),
    wantsParameters: gradients.wants(`${name}.weight`),
  });
  if (dWeight) gradients.add(`${name}.weight`, dWeight);
  if (dBias) gradients.add(`${name}.bias`, dBias);
  return dx;
}
