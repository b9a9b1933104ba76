// The weights pretraining starts from: small Gaussian noise, norms at one.
import { randomStream } from '../core/random.ts';
import { weightShapes, type DecoderSpec } from '../model/spec/decoder-spec.ts';

/**
 * Initial values by checkpoint name. Matrices are Gaussian with standard deviation `scale`; those
 * that write into the residual stream (o and down) are divided by sqrt(2 * layers), so that its size
 * does not grow with depth (GPT-2). Norm weights are 1. Depends on the seed and the names alone.
 */
export function initialWeights(
  spec: DecoderSpec,
  scale: number,
  seed: number,
): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, shape] of weightShapes(spec)) {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (shape.length === 1) {
      values.fill(1);
    } else {
      const writes = name.endsWith('o_proj.weight') || name.endsWith('down_proj.weight');
      const deviation = writes ? scale / Math.sqrt(2 * spec.layers) : scale;
      const stream = randomStream(seed, 'initial weights', name);
      for (let i = 0; i < values.length; i++) values[i] = deviation * stream.normal();
    }
    weights.set(name, { shape, values });
  }
  return weights;
}
