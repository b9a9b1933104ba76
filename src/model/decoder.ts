// The decoder: packed tries in, hidden states at the wanted positions out, gradients back.
import { gatherRows, scatterAddRows } from '../tensor/ops/rows.ts';
import { rotaryAngles } from '../tensor/ops/rotary.ts';
import * as tf from '../tensor/tf.ts';
import { layerBackward, layerForward, norm, normBackward } from './decoder-layer.ts';
import type { LayerContext, LayerSaved } from './decoder-layer.ts';
import { modulePath } from './decoder-spec.ts';
import type { DecoderSpec } from './decoder-spec.ts';
import type { PackedBatch } from './packed-batch.ts';
import type { Gradients, Parameters } from './parameters.ts';
import type { PassContext } from './projection.ts';
import { visibilityMask } from './visibility.ts';

export interface ForwardPass {
  /** [outputs, width] after the final norm; logits are `hidden x head^T`. */
  readonly hidden: tf.Tensor2D;
  /** Leaves the wanted gradients. @param dHidden [outputs, width] */
  backward(dHidden: tf.Tensor2D, gradients: Gradients): void;
}

/** A decoder-only transformer. Its tensors belong to whoever made `weights`. */
export class Decoder {
  constructor(
    readonly spec: DecoderSpec,
    /** By checkpoint name; shapes as `weightShapes(spec)` says. */
    readonly weights: Parameters,
  ) {}

  /** Name of the head's weight [vocab, width]: the embedding's where the two are tied. */
  get headName(): string {
    return `${modulePath(this.spec, this.spec.tiedEmbeddings ? 'embedding' : 'head')}.weight`;
  }

  get head(): tf.Tensor2D {
    return this.weights.get(this.headName) as tf.Tensor2D;
  }

  /**
   * Call inside `tf.tidy`: the pass's tensors live until its end. Activations are kept for the
   * backward pass only with `training`.
   */
  forward(
    batch: PackedBatch,
    options: Omit<PassContext, 'weights'> & { readonly training?: boolean } = {},
  ): ForwardPass {
    const { spec, weights } = this;
    const { rows, slots, tokens, positions, outputs } = batch;
    const { inverseFrequencies, cosSinFactor } = spec.ropes[0]!;
    const context: LayerContext = {
      ...options,
      weights,
      spec,
      angles: rotaryAngles(positions, inverseFrequencies, cosSinFactor),
      mask: tf.tensor4d(visibilityMask(batch), [rows, 1, slots, slots]),
      attentionShape: {
        rows,
        slots,
        heads: spec.heads,
        kvHeads: spec.kvHeads,
        headDim: spec.headDim,
        scale: spec.attentionScale,
      },
    };

    const embeddingName = `${modulePath(spec, 'embedding')}.weight`;
    const embedding = weights.get(embeddingName) as tf.Tensor2D;
    let x = gatherRows(embedding, tokens); // [rows * slots, width]
    const saved: LayerSaved[] = [];
    for (let layer = 0; layer < spec.layers; layer++) {
      if (options.training) {
        const result = layerForward(x, layer, context);
        saved.push(result.saved);
        x = result.y;
      } else {
        const input = x;
        x = tf.tidy(() => layerForward(input, layer, context).y);
        input.dispose();
      }
    }
    const last = gatherRows(x, outputs); // [outputs, width]
    const hidden = norm('finalNorm', last, 0, context);

    return {
      hidden,
      backward: (dHidden, gradients) => {
        const dLast = normBackward('finalNorm', dHidden, last, 0, context, gradients);
        let dx = scatterAddRows(dLast, outputs, rows * slots);
        for (let layer = spec.layers - 1; layer >= 0; layer--) {
          dx = layerBackward(dx, layer, saved[layer]!, context, gradients);
        }
        if (gradients.wants(embeddingName)) {
          gradients.add(embeddingName, scatterAddRows(dx, tokens, spec.vocabSize));
        }
      },
    };
  }
}
