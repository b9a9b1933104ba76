// Weights, adapter and batch as jax-js arrays.
import { numpy as np } from '@jax-js/jax';
import type { DecoderSpec, ModulePart } from '../../../src/model/spec/decoder-spec.ts';
import { modulePath, weightShapes } from '../../../src/model/spec/decoder-spec.ts';
import { LORA, LORA_TARGETS } from '../../model/random-weights.ts';
import type { LoraValues, WeightSource } from '../../model/random-weights.ts';
import type { DenseBatch } from '../../workload/dense-batch.ts';
import { transposedMatrix } from '../transposed-matrix.ts';

/** By part; matrices of layers as [inputs, outputs]. */
export type JaxLayer = { [part: string]: np.Array };

export type JaxWeights = {
  /** [vocab, width] */
  embedding: np.Array;
  /** [width, vocab] */
  head: np.Array;
  finalNorm: np.Array;
  layers: JaxLayer[];
};

/** Per layer, by part: A as [inputs, rank], B as [rank, outputs]. */
export type JaxLora = { [part: string]: { a: np.Array; b: np.Array } }[];

export type JaxBatch = {
  /** [rows, slots] int32 */
  tokens: np.Array;
  /** [rows, slots, 1, headDim / 2] */
  cos: np.Array;
  sin: np.Array;
  /** [rows, 1, group * slots, slots] added to scores */
  mask: np.Array;
  /** [outputs] int32 */
  outputSlots: np.Array;
  /** [outputs] */
  weights: np.Array;
  /** [outputs, vocab] */
  labels: np.Array;
};

const LAYER_PARTS: readonly ModulePart[] = [
  ...(['attentionNorm', 'q', 'k', 'v', 'o', 'qNorm', 'kNorm'] as const),
  ...(['mlpNorm', 'gate', 'up', 'down'] as const),
];

export function jaxWeights(spec: DecoderSpec, source: WeightSource): JaxWeights {
  const shapes = weightShapes(spec);
  const weight = (part: ModulePart, layer?: number) => {
    const name = `${modulePath(spec, part, layer)}.weight`;
    const shape = shapes.get(name)!;
    const values = source(name, shape);
    return shape.length === 1 ? arrayOf(values, [...shape]) : transposed(values, shape[0]!);
  };
  const parts = LAYER_PARTS.filter((part) => spec.qkNorm === 'heads' || !/^[qk]Norm$/.test(part));
  const { vocabSize, width } = spec;
  const embedding = `${modulePath(spec, 'embedding')}.weight`;
  return {
    embedding: arrayOf(source(embedding, [vocabSize, width]), [vocabSize, width]),
    head: weight('embedding'),
    finalNorm: weight('finalNorm'),
    layers: Array.from({ length: spec.layers }, (_, layer) =>
      Object.fromEntries(parts.map((part) => [part, weight(part, layer)])),
    ),
  };
}

export function jaxLora(spec: DecoderSpec, adapter: ReadonlyMap<string, LoraValues>): JaxLora {
  return Array.from({ length: spec.layers }, (_, layer) =>
    Object.fromEntries(
      LORA_TARGETS.map((part) => {
        const { a, b } = adapter.get(modulePath(spec, part, layer))!;
        return [part, { a: transposed(a, LORA.rank), b: transposed(b, b.length / LORA.rank) }];
      }),
    ),
  );
}

export function jaxBatch(batch: DenseBatch, spec: DecoderSpec): JaxBatch {
  const { rows, slots, outputs } = batch;
  const half = spec.headDim / 2;
  const { inverseFrequencies, cosSinFactor } = spec.ropes[0]!;
  const angles = Float32Array.from(
    { length: rows * slots * half },
    (_, i) => batch.positions[Math.floor(i / half)]! * inverseFrequencies[i % half]!,
  );
  const turn = (of: (angle: number) => number) =>
    arrayOf(
      angles.map((angle) => cosSinFactor * of(angle)),
      [rows, slots, 1, half],
    );
  return {
    tokens: arrayOf(batch.tokens, [rows, slots]),
    cos: turn(Math.cos),
    sin: turn(Math.sin),
    mask: np.tile(arrayOf(batch.mask, [rows, 1, slots, slots]), [
      ...[1, 1, spec.heads / spec.kvHeads, 1],
    ]),
    outputSlots: arrayOf(batch.outputSlots, [outputs]),
    weights: arrayOf(batch.weights, [outputs]),
    labels: arrayOf(batch.labels, [outputs, spec.vocabSize]),
  };
}

function arrayOf(values: Float32Array | Int32Array, shape: number[]): np.Array {
  return np.array(values as Float32Array<ArrayBuffer>).reshape(shape);
}

/** @param values [rows, columns] @returns [columns, rows] */
function transposed(values: Float32Array, rows: number): np.Array {
  return arrayOf(transposedMatrix(values, rows), [values.length / rows, rows]);
}
