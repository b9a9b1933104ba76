import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { weightShapes, type RopeSpec } from '../../../../src/model/spec/decoder-spec.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import { MODELS, goldenJson, goldenModel, type GoldenRope } from './golden-models.ts';

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
    expect(spec.heads / spec.kvHeads).toBe(resolved.kv_groups ?? 1);
    expect(spec.embeddingScale).toBe(resolved.embedding_scale ?? 1);
    if (resolved.inner !== undefined) expect(spec.mlp.width).toBe(resolved.inner);
  });

  it('gives every layer its window and its rope', () => {
    const { rope, sliding_window, layer_types } = golden.resolved;
    const spec = specs[0]!;
    expect(spec.attention).toHaveLength(spec.layers);
    for (const [layer, { window, rope: index }] of spec.attention.entries()) {
      const type = layer_types?.[layer] ?? 'full_attention';
      expect(window).toBe(type === 'sliding_attention' ? sliding_window : null);
      if (rope === undefined) expect(index).toBeNull();
      else isRope(spec.ropes[index!]!, rope[type] ?? rope['all_layers']!);
    }
  });

  it('lists the tensors of the checkpoint, with their shapes', () => {
    const stored = Object.entries(golden.weights)
      .filter(([tensor]) => !/\.attn\.bias$/.test(tensor))
      .map(([tensor, [, shape]]) => [
        tensor.replace(/^(?=h\.|ln_f|w[pt]e)/, 'transformer.'),
        shape,
      ]);
    expect(Object.fromEntries(weightShapes(specs[0]!))).toEqual(Object.fromEntries(stored));
  });
});

function isRope(actual: RopeSpec, { inv_freq, cos_sin_factor }: GoldenRope) {
  expect(actual.cosSinFactor).toBeCloseTo(cos_sin_factor, 14);
  expect(actual.inverseFrequencies).toHaveLength(inv_freq.length);
  for (const [i, expected] of inv_freq.entries()) {
    const relative = Math.abs(actual.inverseFrequencies[i]! / expected - 1);
    expect(relative).toBeLessThanOrEqual(1.2e-7); // one unit in the last place of f32
  }
}

interface Derived {
  readonly config: object;
  readonly layers: number;
  readonly tied: boolean;
  readonly weights: Record<string, number[]>;
  readonly windows?: (number | null)[];
  readonly scale: number;
  readonly head_dim: number;
  readonly eps: number;
  readonly ropes?: Record<string, { inv_freq: number[]; factor: number }>;
  readonly embedding_scale?: number;
  readonly soft_cap?: number | null;
  readonly max_positions: number;
}

const { cases } = goldenJson('configurations.json') as { cases: Record<string, Derived> };

describe('small configurations', () => {
  it.each(Object.entries(cases))('mean what transformers makes of them: %s', (_, derived) => {
    const spec = decoderSpecFrom(derived.config);
    expect(spec).toMatchObject({
      layers: derived.layers,
      tiedEmbeddings: derived.tied,
      headDim: derived.head_dim,
      norm: { eps: derived.eps },
      embeddingScale: derived.embedding_scale ?? 1,
      finalSoftCap: derived.soft_cap ?? null,
      maxPositions: derived.max_positions,
    });
    expect(spec.attentionScale).toBeCloseTo(derived.scale, 14);
    expect(Object.fromEntries(weightShapes(spec))).toEqual(derived.weights);
    if (derived.windows === undefined) return;
    expect(spec.attention.map(({ window }) => window)).toEqual(derived.windows);
    for (const { window, rope } of spec.attention) {
      const { inv_freq, factor } =
        derived.ropes![window === null ? 'full_attention' : 'sliding_attention'] ??
        derived.ropes!['all']!;
      isRope(spec.ropes[rope!]!, { inv_freq, cos_sin_factor: factor });
    }
  });
});

describe('configurations', () => {
  const llama = goldenJson('llama/config.json') as Record<string, unknown>;
  const qwen3 = goldenJson('qwen3/config.json') as Record<string, unknown>;
  const gemma3 = goldenJson('gemma3_text/config.json') as Record<string, unknown>;
  const gptOss = goldenJson('gpt_oss/config.json') as Record<string, unknown>;
  const gpt2 = goldenJson('gpt2/config.json') as Record<string, unknown>;
  const layerTypes = (kind: string) =>
    Array<string>(qwen3['num_hidden_layers'] as number).fill(kind);
  const upsideDown = { rope_type: 'llama3', factor: 8, low_freq_factor: 4, high_freq_factor: 1 };
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

  it('may hold experts in MXFP4', () => {
    const quantization_config = { quant_method: 'mxfp4', modules_to_not_convert: ['lm_head'] };
    expect(spec(gptOss, { quantization_config })).toEqual(spec(gptOss, {}));
    expect(spec(gptOss, { swiglu_limit: 5 }).mlp).toMatchObject({
      perToken: 2,
      clamped: { limit: 5 },
    });
  });

  it('keep the activation under each of its names', () => {
    for (const [hidden_act, activation] of [
      ['swish', 'silu'],
      ['gelu_pytorch_tanh', 'gelu_tanh'],
      ['gelu_new', 'gelu_tanh'],
    ] as const) {
      expect(spec(llama, { hidden_act }).mlp).toMatchObject({ activation });
    }
  });

  it('scale rotary frequencies linearly, under either name of the type', () => {
    const plain = spec(llama, {}).ropes[0]!.inverseFrequencies;
    for (const key of ['rope_type', 'type']) {
      const scaled = spec(llama, { rope_scaling: { [key]: 'linear', factor: 4 } });
      expect(scaled.ropes[0]!.inverseFrequencies).toEqual(plain.map((f) => f / 4));
    }
  });

  /** Absent, as in a file, and not undefined. */
  const without = (config: object): unknown =>
    Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));

  const bad: [string, object, object | null, RegExp][] = [
    ['not an object', [], null, /config.json: model_type is missing/],
    ['a number', 3 as never, null, /config.json: the content must be an object; found 3/],
    ['unknown family', llama, { model_type: 'mamba' }, /"mamba" is not supported/],
    ['no family', llama, { model_type: undefined }, /model_type/],
    [
      'a family nested without end',
      llama,
      { model_type: JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)) as unknown },
      /model_type must be a string; found something too deep/,
    ],
    ['another activation', llama, { hidden_act: 'relu' }, /hidden_act "relu"/],
    ['dynamic', llama, { rope_scaling: { rope_type: 'dynamic', factor: 4 } }, /"dynamic" is not/],
    [
      'yarn by a letter',
      llama,
      { rope_scaling: { type: 'yarn', factor: 'x' } },
      /factor must be a/,
    ],
    ['bands upside down', llama, { rope_scaling: upsideDown }, /must be above low_freq_factor/],
    [
      'a rope for every kind of layer',
      llama,
      { rope_parameters: { full_attention: { rope_theta: 1e4 } } },
      /"full_attention" holds parameters of its own/,
    ],
    [
      'partly rotated',
      llama,
      { partial_rotary_factor: 0.25 },
      /partial_rotary_factor other than 1/,
    ],
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
    [
      'sliding layers without a window',
      qwen3,
      { layer_types: layerTypes('sliding_attention') },
      /layers of sliding_attention have no sliding_window/,
    ],
    [
      'a window turned off',
      qwen3,
      {
        use_sliding_window: true,
        sliding_window: null,
        layer_types: layerTypes('sliding_attention'),
      },
      /have no sliding_window/,
    ],
    ['too few layer types', qwen3, { layer_types: ['full_attention'] }, /lists 1 layers of/],
    [
      'other layers',
      qwen3,
      { layer_types: layerTypes('linear_attention') },
      /"linear_attention", which is not supported/,
    ],
    ['Gemma 3 with images', gemma3, { model_type: 'gemma3' }, /needs images/],
    ['both directions', gemma3, { use_bidirectional_attention: true }, /use_bidirectional/],
    [
      'another activation of Gemma',
      gemma3,
      { hidden_activation: 'relu' },
      /hidden_activation "relu"/,
    ],
    [
      'another quantization',
      gptOss,
      { quantization_config: { quant_method: 'awq' } },
      /quantised by AWQ/,
    ],
    [
      'more experts than there are',
      gptOss,
      { num_experts_per_tok: 7 },
      /more than num_local_experts/,
    ],
    ['another activation of experts', gptOss, { hidden_act: 'gelu_new' }, /"gelu_new" is not supp/],
    ['uneven heads of GPT-2', gpt2, { n_head: 5 }, /n_embd \(48\) is not a multiple of n_head/],
    [
      'scaling by layer',
      gpt2,
      { scale_attn_by_inverse_layer_idx: true },
      /inverse_layer_idx is not/,
    ],
    ['cross attention', gpt2, { add_cross_attention: true }, /add_cross_attention is not/],
    ['quantized GPT-2', gpt2, { quantization_config: {} }, /quantised/],
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
    ['quantized', llama, { quantization_config: { bits: 4 } }, /quantised/],
  ];

  it.each(bad)('are refused: %s', (_, config, change, message) => {
    const attempt = () => decoderSpecFrom(change ? without({ ...config, ...change }) : config);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
  });
});
