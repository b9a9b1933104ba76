// The decoder: packed tries in, hidden states at the wanted positions out, gradients back.
import { embed } from '../../tensor/ops/embedding/embedding.ts';
import { normalise } from '../../tensor/ops/norm/norm.ts';
import { rotaryAngles } from '../../tensor/ops/rotate-heads/angles.ts';
import { scatterAddRows } from '../../tensor/ops/rows/rows.ts';
import type { Tree } from '../../tensor/ops/tree.ts';
import type { Matrix } from '../../tensor/matrix.ts';
import * as tf from '../../tensor/tf.ts';
import { layerBackward, layerForward, normBackward } from './decoder-layer.ts';
import type { LayerSaved } from './decoder-layer.ts';
import type { DecoderSpec } from '../spec/decoder-spec.ts';
import { BIAS_COLUMNS } from '../spec/fused-tensors.ts';
import type { DecoderWeights } from './decoder-weights.ts';
import type { PackedBatch } from './packed-batch.ts';
import { batchTree } from './packed-batch.ts';
import type { Gradients } from './parameters.ts';
import { normParameters } from './pass-context.ts';
import type { PassContext, PassOptions } from './pass-context.ts';

export interface ForwardPass {
  /** [outputs, width] after the final norm; logits are `hidden x head^T`. */
  readonly hidden: tf.Tensor2D;
  /** Leaves the wanted gradients. @param dHidden [outputs, width] */
  backward(dHidden: tf.Tensor2D, gradients: Gradients): void;
}

export interface ForwardOptions extends PassOptions {
  /** Keeps what the backward pass needs. */
  readonly training?: boolean;
  /** Keeps only what enters each layer and computes the rest again: a few times less memory. */
  readonly recompute?: boolean;
}

/** A decoder-only transformer. */
export class Decoder {
  constructor(
    readonly spec: DecoderSpec,
    readonly weights: DecoderWeights,
  ) {}

  /** Name of the head's weight [vocab, width]: the embedding's where the two are tied. */
  get headName(): string {
    return this.spec.tiedEmbeddings ? 'embedding.weight' : 'head.weight';
  }

  get head(): Matrix {
    return this.weights.matrix(this.headName);
  }

  /** Call inside `tf.tidy`: the pass's tensors live until its end. */
  forward(
    batch: PackedBatch,
    { training = false, recompute = false, ...pass }: ForwardOptions = {},
  ): ForwardPass {
    const { positions, outputs } = batch;
    const options = { ...pass, outputs };
    const context = this.context(positions, batchTree(batch), options, longest(batch));
    let x = this.embedded(batch.tokens, positions); // [rows * slots, width]
    const saved: (LayerSaved | tf.Tensor2D)[] = [];
    for (let layer = 0; layer < this.spec.layers; layer++) {
      const input = x;
      if (training && !recompute) {
        const result = layerForward(input, layer, context);
        saved.push(result.saved);
        x = result.y;
      } else {
        x = tf.tidy(() => layerForward(input, layer, context).y);
        if (training) saved.push(input);
        else input.dispose();
      }
    }
    const last = x; // [outputs, width], which is what the last layer gives
    const hidden = this.finished(last, context);
    return {
      hidden,
      backward: (dHidden, gradients) => {
        const wantsEmbedding = gradients.wants('embedding.weight');
        const { width } = this.spec;
        const dNormed = this.spec.headBias
          ? (tf.slice(dHidden, [0, 0], [-1, width]) as tf.Tensor2D)
          : dHidden;
        let dx: tf.Tensor2D | undefined = normBackward(
          'finalNorm',
          undefined,
          dNormed,
          last,
          context,
          gradients,
        );
        for (let layer = this.spec.layers - 1; layer >= 0; layer--) {
          const wantsInput = layer > 0 || wantsEmbedding;
          const dy: tf.Tensor2D = dx!;
          dx = backThrough(saved[layer]!, dy, layer, context, gradients, wantsInput);
          // Nothing of what the layer kept is needed any more.
          tf.dispose([dy, saved.pop()! as tf.TensorContainer]);
        }
        if (wantsEmbedding) this.#embeddingGradient(dx!, batch, gradients);
      },
    };
  }

  /** What the layers of a pass over these positions share. @param length of its longest text, in tokens */
  context(
    positions: Int32Array,
    tree: Tree,
    options: PassOptions & Pick<PassContext, 'cached' | 'outputs'>,
    length = 0,
  ): PassContext {
    const { spec, weights } = this;
    const angles = spec.ropes.map(({ inverseFrequencies, long, cosSinFactor }) => {
      const isLong = long !== undefined && length > long.from;
      const frequencies = isLong ? long.inverseFrequencies : inverseFrequencies;
      return rotaryAngles(positions, frequencies, cosSinFactor);
    });
    return { ...options, spec, weights, tree, angles };
  }

  /** What enters the first layer: [n, width] */
  embedded(tokens: Int32Array, positions: Int32Array): tf.Tensor2D {
    const { spec, weights } = this;
    const x = embed(weights.matrix('embedding.weight'), tokens, spec.embeddingScale);
    if (!spec.learnedPositions) return x;
    return tf.add(x, embed(weights.matrix('positions.weight'), positions, 1));
  }

  /**
   * What the head makes logits of: the final norm of the last layer's output; where the head has a bias,
   * with a one and zeros behind it, which the head's further columns are for.
   */
  finished(x: tf.Tensor2D, context: PassContext): tf.Tensor2D {
    const hidden = normalise(x, normParameters(context, 'finalNorm'));
    if (!this.spec.headBias) return hidden;
    const n = x.shape[0];
    const one = tf.concat2d([tf.ones([n, 1]), tf.zeros([n, BIAS_COLUMNS - 1])], 1);
    return tf.concat2d([hidden, one], 1);
  }

  dispose(): void {
    this.weights.dispose();
  }

  #embeddingGradient(dx: tf.Tensor2D, batch: PackedBatch, gradients: Gradients): void {
    const { vocabSize, embeddingScale, maxPositions } = this.spec;
    const scaled = embeddingScale === 1 ? dx : (tf.mul(dx, embeddingScale) as tf.Tensor2D);
    gradients.add('embedding.weight', scatterAddRows(scaled, batch.tokens, vocabSize));
    if (gradients.wants('positions.weight')) {
      gradients.add('positions.weight', scatterAddRows(dx, batch.positions, maxPositions));
    }
  }
}

/** Tokens of the longest text of a batch. */
const longest = ({ positions }: PackedBatch): number =>
  positions.reduce((most, position) => Math.max(most, position), -1) + 1;

/** Backward through one layer, from all its intermediates or from its input alone. */
function backThrough(
  saved: LayerSaved | tf.Tensor2D,
  dy: tf.Tensor2D,
  layer: number,
  context: PassContext,
  gradients: Gradients,
  wantsInput: boolean,
): tf.Tensor2D | undefined {
  const back = () => {
    const all = saved instanceof tf.Tensor ? layerForward(saved, layer, context).saved : saved;
    return layerBackward(dy, layer, all, context, gradients, wantsInput) ?? [];
  };
  // Gradients of weights outlive the layer; an adapter's are in a buffer of their own.
  const result = gradients.wantsWeights ? back() : tf.tidy(back);
  return result instanceof tf.Tensor ? result : undefined;
}
