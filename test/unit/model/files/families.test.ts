import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { weightShapes } from '../../../../src/model/decoder-spec.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import { MODELS, goldenJson, goldenModel } from './golden-models.ts';

describe.each(MODELS)('the spec of %s', (name) => {
  const golden = goldenModel(name);
  const specs = golden.config_spellings.map((file) =>
    decoderSpecFrom(goldenJson(`${name}/${file}`)),
  );

  it('is the same from either spelling of the configuration', () => {
    expect(specs).toHaveLength(2);
    expect(specs[1]).toEqual(specs[0]);
  });

  it('derives what transformers derives', () => {
    const { resolved } = golden;
    const spec = specs[0]!;
    expect(spec.headDim).toBe(resolved.head_dim);
    expect(spec.attentionScale).toBeCloseTo(resolved.attention_scale, 14);
    expect(spec.tiedEmbeddings).toBe(resolved.tied);
    expect(spec.heads / spec.kvHeads).toBe(resolved.kv_groups);
    const { inv_freq, cos_sin_factor } = resolved.rope.all_layers;
    expect(spec.ropes[0]!.cosSinFactor).toBe(cos_sin_factor);
    expect(spec.ropes[0]!.inverseFrequencies).toHaveLength(inv_freq.length);
    for (const [i, expected] of inv_freq.entries()) {
      const relative = Math.abs(spec.ropes[0]!.inverseFrequencies[i]! / expected - 1);
      expect(relative).toBeLessThanOrEqual(1.2e-7); // one unit in the last place of f32
    }
  });

  it('lists the tensors of the checkpoint, with their shapes', () => {
    const stored = Object.entries(golden.weights).map(([tensor, [, shape]]) => [tensor, shape]);
    expect(Object.fromEntries(weightShapes(specs[0]!))).toEqual(Object.fromEntries(stored));
  });
});

describe('configurations', () => {
  const llama = goldenJson('llama/config.json') as Record<string, unknown>;
  const qwen3 = goldenJson('qwen3/config.json') as Record<string, unknown>;
  const spec = (config: object, change: object) => decoderSpecFrom({ ...config, ...change });

  it('may name several end tokens, or none', () => {
    expect(spec(llama, { eos_token_id: [2, 5] }).endTokens).toEqual([2, 5]);
    expect(spec(llama, { eos_token_id: null }).endTokens).toEqual([]);
  });

  it('have the defaults of the reference', () => {
    const bare = spec(llama, {
      num_key_value_heads: null,
      rms_norm_eps: undefined,
      rope_theta: undefined,
      attention_bias: undefined,
      tie_word_embeddings: undefined,
      max_position_embeddings: undefined,
    });
    expect(bare.kvHeads).toBe(bare.heads);
    expect(bare.norm.eps).toBe(1e-6);
    expect(bare.ropes).toEqual(spec(llama, { rope_theta: 10000 }).ropes);
    expect(bare.maxPositions).toBe(2048);
    expect(spec(qwen3, { head_dim: undefined }).headDim).toBe(128);
  });

  it('give biases where asked', () => {
    const biased = spec(llama, { attention_bias: true, mlp_bias: true });
    expect(biased.attentionBias).toEqual({ q: true, k: true, v: true, o: true });
    const names = [...weightShapes(biased)].filter(([name]) =>
      name.endsWith('layers.1.mlp.up_proj.bias'),
    );
    expect(names).toEqual([['model.layers.1.mlp.up_proj.bias', [80]]]);
  });

  it('scale rotary frequencies linearly, under either name of the type', () => {
    const plain = spec(llama, {}).ropes[0]!.inverseFrequencies;
    for (const key of ['rope_type', 'type']) {
      const scaled = spec(llama, { rope_scaling: { [key]: 'linear', factor: 4 } });
      expect(scaled.ropes[0]!.inverseFrequencies).toEqual(plain.map((f) => f / 4));
    }
  });

  /** Absent, as in a file, and not undefined. */
  const without = (config: object): unknown => JSON.parse(JSON.stringify(config));

  const bad: [string, object, object | null, RegExp][] = [
    ['not an object', [], null, /config.json: model_type is missing/],
    ['a number', 3 as never, null, /config.json: the content must be an object; found 3/],
    ['unknown family', llama, { model_type: 'mamba' }, /"mamba".*not supported/],
    ['no family', llama, { model_type: undefined }, /model_type/],
    ['another activation', llama, { hidden_act: 'gelu' }, /hidden_act "gelu"/],
    ['yarn', llama, { rope_scaling: { rope_type: 'yarn', factor: 4 } }, /"yarn" is not supported/],
    [
      'llama3 without a factor',
      llama,
      { rope_scaling: { type: 'llama3' } },
      /rope_scaling: factor/,
    ],
    [
      'partial rotation',
      llama,
      { rope_parameters: { partial_rotary_factor: 0.5 } },
      /partial_rotary/,
    ],
    ['sliding window', qwen3, { use_sliding_window: true }, /sliding-window/],
    ['sliding layers', qwen3, { layer_types: ['sliding_attention'] }, /sliding-window/],
    ['text for a number', llama, { hidden_size: '48' }, /hidden_size must be a number; found "48"/],
    ['no size', llama, { hidden_size: undefined }, /hidden_size is missing/],
    ['a fraction', llama, { num_hidden_layers: 1.5 }, /num_hidden_layers must be a whole number/],
    ['no layers', llama, { num_hidden_layers: 0 }, /num_hidden_layers must be at least 1/],
    ['absurd layers', llama, { num_hidden_layers: 1e9 }, /num_hidden_layers must be at most/],
    ['uneven groups', llama, { num_key_value_heads: 3 }, /not a multiple of num_key_value_heads/],
    ['uneven heads', llama, { hidden_size: 50 }, /size of a head \(12.5\)/],
    ['odd heads', llama, { head_dim: 7 }, /size of a head \(7\)/],
    ['no epsilon', llama, { rms_norm_eps: 0 }, /rms_norm_eps must be above 0/],
    ['end outside', llama, { eos_token_id: 96 }, /eos_token_id 96 is outside/],
    ['end as text', llama, { eos_token_id: '</s>' }, /eos_token_id must be/],
    ['quantized', llama, { quantization_config: { bits: 4 } }, /quantized/],
  ];

  it.each(bad)('are refused: %s', (_, config, change, message) => {
    const attempt = () => decoderSpecFrom(change ? without({ ...config, ...change }) : config);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
  });
});
