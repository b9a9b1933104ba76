// What all layers of one pass over the model share.
import type { AttentionShape } from '../../tensor/ops/attention/attention.ts';
import type { NormParameters } from '../../tensor/ops/norm/norm.ts';
import type { RotaryAngles } from '../../tensor/ops/rotate-heads/angles.ts';
import type { Tree } from '../../tensor/ops/tree.ts';
import type * as tf from '../../tensor/tf.ts';
import type { DecoderSpec, NormPart } from '../spec/decoder-spec.ts';
import type { DecoderWeights } from './decoder-weights.ts';
import { layerName } from '../spec/fused-tensors.ts';
import type { LoraAdapter, PassDropout } from '../adapter/lora.ts';

/** What a pass is made with. */
export interface PassOptions {
  readonly adapter?: LoraAdapter;
  /** Present while training an adapter with dropout. */
  readonly dropout?: PassDropout;
}

export interface PassContext extends PassOptions {
  readonly spec: DecoderSpec;
  readonly weights: DecoderWeights;
  readonly tree: Tree;
  /** Of every rope of the spec, for the positions of this pass. */
  readonly angles: readonly RotaryAngles[];
  /** [outputs] rows of the last layer that are read; all of them if left out. */
  readonly outputs?: Int32Array;
  /** Where only some slots of the tree are queries: those of this pass, with the keys of earlier ones. */
  readonly cached?: {
    readonly firstQuery: number;
    readonly queries: number;
    /** [capacity, 2 kvHeads headDim] per layer; what is seen is in the first rows. */
    readonly keysAndValues: readonly tf.Tensor2D[];
  };
}

/** The sizes of a layer's attention. */
export function attentionShape({ spec, cached }: PassContext, layer: number): AttentionShape {
  const { heads, kvHeads, headDim, attentionScale, attentionSoftCap, attention } = spec;
  return {
    heads,
    kvHeads,
    headDim,
    scale: attentionScale,
    window: attention[layer]!.window,
    softCap: attentionSoftCap,
    ...(cached && { firstQuery: cached.firstQuery, queries: cached.queries }),
  };
}

/** A norm's weights; `layer` is left out for the final norm. */
export function normParameters(
  { spec, weights }: Pick<PassContext, 'spec' | 'weights'>,
  part: NormPart,
  layer?: number,
): NormParameters {
  const name = layer === undefined ? part : layerName(layer, part);
  const bias = weights.vector(`${name}.bias`);
  return { ...spec.norm, weight: weights.vector(`${name}.weight`)!, ...(bias && { bias }) };
}
