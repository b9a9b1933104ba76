// How weights are kept: which form each matrix gets, and that a decoder of codes computes with their values.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import { Decoder } from '../../../src/model/decoder/decoder.ts';
import { loadWeights } from '../../../src/model/decoder/decoder-weights.ts';
import { pack } from '../../../src/model/decoder/pack.ts';
import { decoderSpecFrom } from '../../../src/model/families/index.ts';
import { weightBytes } from '../../../src/model/memory-estimate.ts';
import { weightShapes } from '../../../src/model/spec/decoder-spec.ts';
import { keptWeights, type WeightChoice } from '../../../src/model/weight-forms.ts';
import { mergePaths } from '../../../src/core/targets/merge-paths.ts';
import { valuesOfCodes } from '../../../src/tensor/block-codes.ts';
import type { BlockCodes, CodeForm } from '../../../src/tensor/block-codes.ts';
import { FORMS } from '../../../src/tensor/matrix.ts';
import { quantised } from '../../../src/tensor/quantise.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../../support/compare.ts';
import { ALL_FORMS } from '../../support/operations/tensors.ts';

/** Rope over neighbours and half of a head's channels: rows of q and k change places. */
const SPEC = decoderSpecFrom({
  model_type: 'gpt_neox',
  ...{ vocab_size: 70, hidden_size: 64, intermediate_size: 96, num_hidden_layers: 2 },
  ...{ num_attention_heads: 4, max_position_embeddings: 64, rotary_pct: 0.25 },
  ...{ hidden_act: 'gelu', layer_norm_eps: 1e-5, use_parallel_residual: true },
});
const LLAMA = decoderSpecFrom({
  model_type: 'llama',
  ...{ vocab_size: 70, hidden_size: 64, intermediate_size: 96, num_hidden_layers: 2 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2, rms_norm_eps: 1e-5 },
});

type Spec = typeof SPEC;

function valuesOf(spec: Spec, name: string): Float32Array {
  const size = weightShapes(spec)
    .get(name)!
    .reduce((a, b) => a * b, 1);
  const random = randomStream(1, name);
  return Float32Array.from({ length: size }, () => 0.2 * random.normal());
}

/** A checkpoint whose matrices are stored in the form that `formOf` names; undefined: as F32. */
function checkpointOf(spec: Spec, formOf: (name: string) => CodeForm | undefined) {
  const tensors = [...weightShapes(spec)].map(([name, shape]) => {
    const form = shape.length > 1 ? formOf(name) : undefined;
    return [name, { shape, dtype: 'F32', ...(form && { codeForm: form }) }] as const;
  });
  const codesOf = (name: string): BlockCodes => {
    const [rows, columns] = weightShapes(spec).get(name) as [number, number];
    return quantised(valuesOf(spec, name), rows, columns, formOf(name)!);
  };
  return { spec, tensors: new Map(tensors), codesOf };
}

/** Q4_K_M and its like: v and down in more bits than the others, in every second layer. */
function asPublished(name: string): CodeForm {
  if (/layers\.1\..*(v_proj|down_proj)/.test(name)) return ALL_FORMS['int8 by 16'];
  return name.includes('embed') ? FORMS.int8 : FORMS.int4;
}

describe('the form of a matrix', () => {
  const formsOf = (
    formOf: (name: string) => CodeForm | undefined,
    choice: WeightChoice,
    changed?: (name: string) => boolean,
  ) => keptWeights(checkpointOf(LLAMA, formOf), choice, true, changed).forms;

  test('is the stored one; rows of several are joined in one that holds all', () => {
    const forms = formsOf(asPublished, 'stored');
    expect(forms('embedding.weight')).toEqual(FORMS.int8);
    expect(forms('layers.0.attentionIn.weight')).toEqual(FORMS.int4);
    expect(forms('layers.1.attentionIn.weight')).toEqual(ALL_FORMS['int8 by 16 above']);
    expect(forms('layers.1.mlpOut.weight')).toEqual(ALL_FORMS['int8 by 16']);
  });

  test('is the one asked for, unless the stored one is as narrow', () => {
    const four = formsOf(asPublished, 'int4');
    expect(four('embedding.weight')).toEqual(FORMS.int4);
    expect(four('layers.1.attentionIn.weight')).toEqual(FORMS.int4);
    const eight = formsOf(asPublished, 'int8');
    expect(eight('layers.0.mlpIn.weight')).toEqual(FORMS.int4);
    expect(eight('layers.1.mlpOut.weight')).toEqual(ALL_FORMS['int8 by 16']);
    expect(formsOf(() => undefined, 'int8')('layers.0.mlpIn.weight')).toEqual(FORMS.int8);
  });

  test('is f32 where only some rows have codes, or other values take their place', () => {
    const mixed = formsOf((name) => (name.includes('k_proj') ? undefined : FORMS.int4), 'stored');
    expect(mixed('layers.0.attentionIn.weight')).toEqual(FORMS.f32);
    expect(mixed('layers.0.attentionOut.weight')).toEqual(FORMS.int4);
    const merged = formsOf(asPublished, 'stored', (name) => name.includes('o_proj'));
    expect(merged('layers.0.attentionOut.weight')).toEqual(FORMS.f32);
  });

  test('of four bits takes less than a quarter of f32, all of a model', () => {
    expect(weightBytes(LLAMA, 'int4')).toBeLessThan(weightBytes(LLAMA, 'f32') / 4);
  });
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startNodeBackend(backend));

  test.each([
    ['all in 4 bits', LLAMA, () => FORMS.int4],
    ['as published', LLAMA, asPublished],
    ['q in f32', LLAMA, (name: string) => (name.includes('q_proj') ? undefined : FORMS.int4)],
    ['rows in another order', SPEC, () => FORMS.int4],
    ['rows in another order, by 16', SPEC, () => ALL_FORMS['int8 by 16']],
  ] as const)('a decoder of codes computes with their values: %s', async (_, spec, formOf) => {
    const before = tf.memory().numTensors;
    const checkpoint = checkpointOf(spec, formOf);
    const { forms, readsCodes } = keptWeights(checkpoint, 'stored', false);
    const read = (name: string) =>
      readsCodes(name) ? checkpoint.codesOf(name) : valuesOf(spec, name);
    const widened = (name: string) => {
      const stored = read(name);
      return stored instanceof Float32Array ? stored : valuesOfCodes(stored);
    };
    const [coded, plain] = [
      new Decoder(spec, await loadWeights(spec, read, forms)),
      new Decoder(spec, await loadWeights(spec, widened)),
    ];
    for (const [name, form] of coded.weights.forms()) expect(form, name).toEqual(forms(name));
    const paths = [[3, 4], [3, 5, 6], [7]].map((tokens) => ({ tokens }));
    const { batch } = pack([{ prompt: [1, 2, 9, 8], supervision: mergePaths(paths) }]);
    const hidden = (decoder: Decoder) => tf.tidy(() => decoder.forward(batch).hidden);
    const [x, y] = [hidden(coded), hidden(plain)];
    expectClose(await x.data(), await y.data(), 1e-6, 'hidden states');
    tf.dispose([x, y]);
    coded.dispose();
    plain.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
