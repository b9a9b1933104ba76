// What is said of a model before it is downloaded.
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { directFiles } from '../../../../src/model/sources/direct-files.ts';
import { DownloadProgress } from '../../../../src/model/sources/download-progress.ts';
import { frontMatterLicence } from '../../../../src/model/sources/front-matter.ts';
import { hubSource } from '../../../../src/model/sources/hub-source.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import { readSafetensors } from '../../../../src/model/files/safetensors.ts';
import { writeSafetensors } from '../../../../src/model/files/safetensors-writer.ts';
import { formLookup } from '../../../../src/model/decoder/decoder-weights.ts';
import { estimateMemory } from '../../../../src/model/memory-estimate.ts';
import { type MemoryPlan, parameterCount } from '../../../../src/model/sources/memory-verdict.ts';
import { modelSummary } from '../../../../src/model/sources/model-summary.ts';
import { HubServer } from '../../../support/hub-server.ts';
import { hurriedNetwork } from '../../../support/hurried-network.ts';

const golden = (path: string) =>
  readFile(new URL(`../../../golden/models/${path}`, import.meta.url));

/** As published, without the fields that nothing here reads. */
const GPT_OSS_20B = {
  architectures: ['GptOssForCausalLM'],
  model_type: 'gpt_oss',
  vocab_size: 201088,
  hidden_size: 2880,
  intermediate_size: 2880,
  num_hidden_layers: 24,
  num_attention_heads: 64,
  num_key_value_heads: 8,
  head_dim: 64,
  num_local_experts: 32,
  num_experts_per_tok: 4,
  sliding_window: 128,
  layer_types: Array.from({ length: 24 }, (_, i) =>
    i % 2 === 0 ? 'sliding_attention' : 'full_attention',
  ),
  attention_bias: true,
  hidden_act: 'silu',
  swiglu_limit: 7.0,
  max_position_embeddings: 131072,
  rope_theta: 150000,
  rope_scaling: {
    rope_type: 'yarn',
    factor: 32.0,
    beta_fast: 32.0,
    beta_slow: 1.0,
    truncate: false,
    original_max_position_embeddings: 4096,
  },
  tie_word_embeddings: false,
  eos_token_id: 200002,
  quantization_config: { quant_method: 'mxfp4' },
};

const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;

/** The golden qwen3 in two files. */
async function sharded(): Promise<Record<string, Uint8Array | string>> {
  const { tensors } = readSafetensors(await golden('qwen3/model.safetensors'), 'whole');
  const [first, second] = [0, 1].map((odd) => [...tensors].filter((_, i) => i % 2 === odd));
  const written = [first!, second!].map((part) =>
    writeSafetensors(
      new Map(part.map(([name, { shape, read }]) => [name, { shape, data: read() }])),
    ),
  );
  const map = [first!, second!].flatMap((part, i) => part.map(([name]) => [name, SHARDS[i]!]));
  return {
    'config.json': await golden('qwen3/config.json'),
    'model.safetensors.index.json': JSON.stringify({ weight_map: Object.fromEntries(map) }),
    [SHARDS[0]]: written[0]!,
    [SHARDS[1]]: written[1]!,
  };
}

let hub: HubServer;
beforeAll(async () => {
  const config = await golden('qwen3/config.json');
  const weights = await golden('qwen3/model.safetensors');
  hub = await HubServer.start({
    'a/qwen': {
      files: { 'config.json': config, 'model.safetensors': weights, 'tokenizer.json': '{"t":1}' },
      card: { license: 'mit' },
    },
    'a/half': {
      files: {
        'config.json': await golden('qwen3_bf16/config.json'),
        'model.safetensors': await golden('qwen3_bf16/model.safetensors'),
        'README.md': '---\nlanguage: en\nlicense: cc0-1.0\n---\n# Half',
      },
    },
    'a/sharded': { files: await sharded() },
    'a/cut': { files: { 'config.json': config, 'model.safetensors': weights.subarray(0, -4) } },
    'openai/gpt-oss-20b': {
      files: {
        'config.json': JSON.stringify(GPT_OSS_20B),
        'model.safetensors': 'must not be read',
        'model.safetensors.index.json': JSON.stringify({ weight_map: {} }),
      },
    },
    'a/mixed': { files: { 'model.gguf': await golden('../gguf/llama_k/model.gguf') } },
    'a/strange': {
      files: { 'config.json': '{"model_type":"rwkv"}', 'model.safetensors': weights },
    },
  });
});
afterEach(() => hub.forget());
afterAll(() => hub.stop());

const PLAN: MemoryPlan = { batch: 8, limit: 6e9, keepsBf16: true, estimate: estimateMemory };

async function summaryOf(repo: string, plan: Partial<MemoryPlan> = {}, kept = 0) {
  const network = hurriedNetwork();
  const source = await hubSource(repo, 'main', () => ({ endpoint: hub.endpoint }), { network });
  const files = directFiles(source, { network });
  const { licence, gated } = source;
  return modelSummary({ files, kept: () => kept, licence, gated }, { ...PLAN, ...plan });
}

describe('the summary of a model', () => {
  it('comes from its configuration and headers alone', async () => {
    const config = (await golden('qwen3/config.json')).length;
    const weights = (await golden('qwen3/model.safetensors')).length;
    const header = Number((await golden('qwen3/model.safetensors')).readBigUInt64LE());
    expect(await summaryOf('a/qwen')).toEqual({
      ...{ family: 'qwen3', dtypes: ['F32'], licence: 'mit', gated: false, notes: [], choices: [] },
      // The lab's own estimate, which has tests of its own.
      memory: { training: expect.any(Number), scoring: expect.any(Number) },
      // The header aside, the file is nothing but weights of four bytes.
      parameters: (weights - 8 - header) / 4,
      bytes: config + weights + 7,
      bytesToDownload: config + weights + 7,
      verdict: { kind: 'fits' },
    });
    expect(hub.reads('model.safetensors').filter(({ sent }) => sent > 0)).toMatchObject([
      { range: 'bytes=0-7', sent: 8 },
      { range: `bytes=8-${7 + header}`, sent: header },
    ]);
    expect(hub.reads('tokenizer.json')).toEqual([]);
  });

  it('of several shards adds them up, reading the header of each', async () => {
    const files = hub.repos.get('a/sharded')!.files;
    const whole = await summaryOf('a/qwen');
    const summary = await summaryOf('a/sharded');
    expect(summary).toMatchObject({ dtypes: ['F32'], parameters: whole.parameters });
    expect(summary.bytes).toBe(Object.values(files).reduce((sum, { length }) => sum + length, 0));
    for (const shard of SHARDS) {
      const bytes = Buffer.from(files[shard] as Uint8Array);
      const read = hub.reads(shard).filter(({ sent }) => sent > 0);
      expect(read.map(({ sent }) => sent)).toEqual([8, Number(bytes.readBigUInt64LE())]);
    }
  });

  it('names all types that hold much of a file, the most first', async () => {
    const { dtypes } = await summaryOf('a/mixed');
    // 36, 23, 10, 9, 8 and 5 % by golden.json; Q5_K and Q4_0 have 4 %, norms next to nothing.
    expect(dtypes).toEqual(['Q6_K', 'Q4_K', 'Q4_1', 'Q5_1', 'Q8_0', 'Q5_0']);
  });

  it('counts the parameters that published models have', () => {
    const qwen = {
      ...{ model_type: 'qwen3', vocab_size: 151936, hidden_size: 1024, intermediate_size: 3072 },
      ...{ num_hidden_layers: 28, num_attention_heads: 16, num_key_value_heads: 8, head_dim: 128 },
      ...{ rope_theta: 1000000, tie_word_embeddings: true, max_position_embeddings: 40960 },
    };
    const smol = {
      ...{ model_type: 'llama', vocab_size: 49152, hidden_size: 576, intermediate_size: 1536 },
      ...{ num_hidden_layers: 30, num_attention_heads: 9, num_key_value_heads: 3 },
      ...{ rope_theta: 100000, tie_word_embeddings: true, max_position_embeddings: 8192 },
    };
    // Qwen3-0.6B and SmolLM2-135M.
    expect(parameterCount(decoderSpecFrom(qwen))).toBe(596_049_920);
    expect(parameterCount(decoderSpecFrom(smol))).toBe(134_515_008);
  });

  it('counts what is kept already, and finds the licence in the README', async () => {
    const summary = await summaryOf('a/half', {}, 100);
    expect(summary).toMatchObject({ dtypes: ['BF16'], licence: 'cc0-1.0' });
    expect(summary.bytesToDownload).toBe(summary.bytes! - 200);
  });

  it('refuses gpt-oss-20b with the reason, and without a look at its weights', async () => {
    const { family, parameters, verdict } = await summaryOf('openai/gpt-oss-20b');
    expect(family).toBe('gpt_oss');
    // OpenAI's model card: 19.12 B (MLP) + 0.64 B (attention) + 1.16 B (embeddings).
    expect(parameters! / 1e9).toBeCloseTo(20.91, 1);
    expect(verdict).toEqual({
      kind: 'refused',
      reason:
        'Its 20.9 billion parameters take 15.7 GB even in 4 bits, more than the 6.0 GB that the lab may use here.',
      advice: 'Choose a smaller model.',
    });
    expect(hub.seen.filter(({ path }) => path.includes('model.safetensors'))).toEqual([]);
  });

  it.each([
    ['a/strange', /model_type "rwkv" is not supported/],
    ['a/cut', /model\.safetensors: tensor .* claims bytes/],
  ])('refuses %s with the reason', async (repo, reason) => {
    expect(await summaryOf(repo)).toMatchObject({
      dtypes: null,
      verdict: { kind: 'refused', reason: expect.stringMatching(reason) },
    });
  });

  it('does not call a broken network a reason', async () => {
    hub.plan('a/qwen/model.safetensors', { kind: 'status', status: 403 });
    await expect(summaryOf('a/qwen')).rejects.toMatchObject({ failure: 'gated' });
  });
});

describe('the verdict', () => {
  /** 1 GB of weights per byte of a value, and 0.25 GB per prompt. */
  const estimate: MemoryPlan['estimate'] = (_, { weights, batch }) => {
    const form = formLookup(weights)('embedding.weight');
    const bytes =
      form.format === 'codes' ? form.bits * 0.125e9 : form.format === 'bf16' ? 2e9 : 4e9;
    return { training: bytes + 0.25e9 * batch, scoring: bytes };
  };
  it.each([
    ['a/half', 5e9, { kind: 'fits' }],
    ['a/half', 4e9, { kind: 'fits' }],
    ['a/half', 3.2e9, { kind: 'fits with', format: 'stored', batch: 4 }],
    ['a/half', 2.3e9, { kind: 'fits with', format: 'stored', batch: 1 }],
    ['a/half', 2.1e9, { kind: 'fits with', format: 'int8', batch: 4 }],
    ['a/half', 1.2e9, { kind: 'fits with', format: 'int4', batch: 2 }],
    ['a/half', 0.7e9, { kind: 'refused', advice: expect.stringContaining('in 4 bits') }],
    // Kept in 32 bits as stored, but 8 bits are on offer.
    ['a/qwen', 6e9, { kind: 'fits' }],
    ['a/qwen', 4e9, { kind: 'fits with', format: 'int8', batch: 8 }],
  ])('on %s with %d bytes', async (repo, limit, verdict) => {
    const summary = await summaryOf(repo, { limit, estimate });
    expect(summary.verdict).toMatchObject(verdict);
    const stored = repo === 'a/half' ? 2e9 : 4e9;
    expect(summary.memory).toEqual({ training: stored + 2e9, scoring: stored });
    if ('reason' in summary.verdict) {
      const need = ((stored + 2e9) / 1e9).toFixed(1);
      expect(summary.verdict.reason).toContain(`Training needs about ${need} GB`);
    }
  });

  it('counts bfloat16 in 32 bits where the backend widens it', async () => {
    const { verdict } = await summaryOf('a/half', { limit: 3e9, estimate, keepsBf16: false });
    expect(verdict).toMatchObject({
      ...{ kind: 'fits with', format: 'int8', batch: 8 },
      reason: expect.stringContaining('6.0 GB'),
    });
  });
});

describe('a licence in a README', () => {
  it.each([
    ['---\nlicense: mit\n---\n', 'mit'],
    ['\uFEFF---\r\ntags: [a]\r\nlicense: "apache-2.0"\r\n---\r\n', 'apache-2.0'],
    ['---\nlicense: other\nlicense_name: our-own # see below\n---', 'our-own'],
    ['---\nlicense: other\n---', 'other'],
    ['# Title\nlicense: mit\n', undefined],
    ['---\nlicence: mit\n---', undefined],
    ['---\nlicense: mit', undefined],
  ])('%j', (readme, licence) => {
    expect(frontMatterLicence(new TextEncoder().encode(readme))).toBe(licence);
  });
});

describe('the time left', () => {
  it('counts from the bytes of this visit', () => {
    let now = 0;
    const progress = new DownloadProgress(() => now);
    progress.report('w', 500, 1000);
    expect(progress.files()).toEqual([{ name: 'w', done: 500, total: 1000, secondsLeft: null }]);
    now = 400;
    progress.report('w', 600, 1000);
    expect(progress.files()[0]!.secondsLeft).toBeNull();
    now = 2000;
    progress.report('w', 700, 1000);
    // 200 bytes in 2 s leave 300 bytes, that is 3 s.
    expect(progress.files()[0]!.secondsLeft).toBe(3);
    progress.report('w', 1000, 1000);
    progress.report('x', 5, undefined);
    expect(progress.files()).toEqual([
      { name: 'w', done: 1000, total: 1000, secondsLeft: 0 },
      { name: 'x', done: 5, total: null, secondsLeft: null },
    ]);
    expect(progress.sum()).toEqual({ done: 1005, total: 1005 });
  });
});
