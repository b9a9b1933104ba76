// The families beyond the first seven: both spellings of their configurations, and their tensors.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import { weightShapes, outputOrder } from '../../../../src/model/spec/decoder-spec.ts';
import { goldenJson, goldenPath } from './golden-models.ts';

const MODELS = [
  ...['gemma2', 'phi3', 'phi3_longrope', 'olmo2', 'granite', 'smollm3'],
  ...['gpt_neox', 'phi', 'starcoder2', 'cohere2', 'qwen3_moe', 'qwen3_moe_unnormalised'],
];
const BUFFER = /\.(masked_bias|inv_freq)$|attention\.bias$/;

interface Golden {
  readonly weights: Record<string, readonly [string, readonly number[]]>;
  readonly resolved: {
    readonly head_dim: number;
    readonly attention_scale: number;
    readonly tied: boolean;
  };
}

describe.each(MODELS)('the spec of %s', (name) => {
  const spellings = ['config.json', 'config.v5.json', 'config.hub.json'].filter((file) =>
    existsSync(goldenPath(`${name}/${file}`)),
  );
  const specs = spellings.map((file) => decoderSpecFrom(goldenJson(`${name}/${file}`)));
  const golden = goldenJson(`${name}/golden.json`) as Golden;

  it('is the same from either spelling of the configuration', () => {
    expect(specs).toHaveLength(2);
    expect(specs[1]).toEqual(specs[0]);
  });

  it('derives what transformers derives', () => {
    const { headDim, attentionScale, tiedEmbeddings } = specs[0]!;
    expect(headDim).toBe(golden.resolved.head_dim);
    expect(attentionScale).toBeCloseTo(golden.resolved.attention_scale, 14);
    expect(tiedEmbeddings).toBe(golden.resolved.tied);
  });

  it('lists the tensors of the checkpoint, with their shapes', () => {
    const stored = Object.entries(golden.weights).filter(([tensor]) => !BUFFER.test(tensor));
    expect(Object.fromEntries(weightShapes(specs[0]!))).toEqual(
      Object.fromEntries(stored.map(([tensor, [, shape]]) => [tensor, shape])),
    );
  });

  it('puts every output of a projection in one place', () => {
    for (const part of ['q', 'k', 'qkv'] as const) {
      const order = outputOrder(specs[0]!, part);
      if (order)
        expect([...order].sort((a, b) => a - b)).toEqual(Object.keys([...order]).map(Number));
    }
  });
});
