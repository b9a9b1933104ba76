// Hostile and unlucky model folders and adapters: each is refused by name, with what to do, and no more happens.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { readAdapter } from '../../../../src/model/adapter/peft.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { writeSafetensors } from '../../../../src/model/files/safetensors-writer.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { tinyFolder } from '../../../support/tiny-folder.ts';

const golden = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../../golden/${path}`, import.meta.url)));
const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Fields;
const text = (value: string) => new TextEncoder().encode(value);

type Fields = Record<string, unknown>;
type Content = Uint8Array | Fields | unknown[] | string | undefined;

const tiny = await tinyFolder(async (name) => golden(`models/qwen3/${name}`));
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
const whole = new Map(
  await Promise.all(FILES.map(async (name) => [name, (await tiny(name))!] as const)),
);
const config = json(whole.get('config.json')!);
const tokenizer = json(whole.get('tokenizer.json')!);
const model = tokenizer['model'] as Fields;

const bytesOf = (content: Exclude<Content, undefined>) =>
  content instanceof Uint8Array
    ? content
    : text(typeof content === 'string' ? content : JSON.stringify(content));

/** The tiny folder with some files replaced, added, or (undefined) taken away. */
function folder(changes: Record<string, Content>, from = whole) {
  const contents = new Map(from);
  for (const [name, content] of Object.entries(changes)) {
    if (content === undefined) contents.delete(name);
    else contents.set(name, bytesOf(content));
  }
  return memoryFolder(contents);
}

async function opened(changes: Record<string, Content>, from = whole): Promise<void> {
  const checkpoint = await readCheckpoint(folder(changes, from));
  const loaded = await checkpoint.tokenizer();
  loaded.promptTokens(`12 ${'heads'.repeat(60)}`);
}

/** One line that names what is wrong, and another that says what to do; nothing of the machinery. */
async function refused(attempt: Promise<unknown>, what: RegExp): Promise<void> {
  const error: unknown = await attempt.then(
    () => new Error('it was accepted'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  const { message, advice } = error as InputError;
  expect(message).toMatch(what);
  expect(message.length).toBeLessThan(500);
  expect(advice).toMatch(/\w{3}.*\.$/);
  expect(`${message} ${advice}`).not.toMatch(/undefined|\[object|at .*\.ts|Invalid (type|length)/);
}

const changed = (fields: Fields) => ({ 'config.json': { ...config, ...fields } });
const tokenized = (fields: Fields) => ({ 'tokenizer.json': { ...tokenizer, ...fields } });
const header = (length: number) => {
  const bytes = new Uint8Array(64);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  return bytes;
};
const tensors = (shapes: Record<string, number[]>) =>
  writeSafetensors(
    new Map(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      ]),
    ),
  );
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const only = (...names: string[]) => new Map(names.map((name) => [name, new Uint8Array(1)]));
const weights = (path: string) => golden(`models/${path}/model.safetensors`);

describe('a model folder', () => {
  it('is opened as it is', () => opened({}));

  it.each<[string, Record<string, Content>, RegExp]>([
    [
      'H2: a configuration without end',
      { 'config.json': new Uint8Array(17 * 2 ** 20) },
      /config\.json has 17825792 bytes or more, and at most 16 MiB/,
    ],
    [
      'H2: a tokenizer without end',
      { 'tokenizer.json': new Uint8Array(129 * 2 ** 20) },
      /tokenizer\.json has .* at most 128 MiB/,
    ],
    [
      'H2: an endless template',
      { 'chat_template.jinja': new Uint8Array(17 * 2 ** 20) },
      /chat_template\.jinja has .* at most 16 MiB/,
    ],
    [
      'H2: a header of 95 MB',
      { 'model.safetensors': bigHeader(95_000_000) },
      /a header of 95000000 bytes, and at most 16 MiB/,
    ],
    [
      'a header beyond its file',
      { 'model.safetensors': header(2 ** 40) },
      /claims a header of 1099511627776 bytes/,
    ],
    ['no header', { 'model.safetensors': '' }, /0 bytes are too few/],
    ['a header that is no JSON', { 'model.safetensors': header(8) }, /not valid JSON/],
    [
      'a page for weights',
      { 'model.safetensors': '<!doctype html><html></html>' },
      /claims a header/,
    ],
    [
      'M8: weights of PyTorch',
      { 'model.safetensors': undefined, 'pytorch_model.bin': 'x' },
      /model\.safetensors is missing; the folder has pytorch_model\.bin \(PyTorch\)/,
    ],
    [
      'M8: parts of weights of PyTorch',
      { 'model.safetensors': undefined, 'pytorch_model-00001-of-00002.bin': 'x' },
      /pytorch_model-00001-of-00002\.bin \(PyTorch\)/,
    ],
    [
      'M8: weights as GGUF',
      { 'model.safetensors': undefined, 'model-Q4_K_M.gguf': 'x' },
      /model-Q4_K_M\.gguf \(GGUF\)/,
    ],
    [
      'M8: weights as ONNX',
      { 'model.safetensors': undefined, 'onnx/model.onnx': 'x' },
      /onnx\/model\.onnx \(ONNX\)/,
    ],
    [
      'M8: weights of TensorFlow',
      { 'model.safetensors': undefined, 'tf_model.h5': 'x' },
      /tf_model\.h5 \(TensorFlow\)/,
    ],
    [
      'M8: weights of Flax',
      { 'model.safetensors': undefined, 'flax_model.msgpack': 'x' },
      /flax_model\.msgpack \(Flax\)/,
    ],
    [
      "M8: Mistral's own weights",
      { 'model.safetensors': undefined, 'consolidated.safetensors': 'x' },
      /consolidated\.safetensors \(Mistral's own\)/,
    ],
    [
      'M8: parts without an index',
      { 'model.safetensors': undefined, 'model-00001-of-00002.safetensors': 'x' },
      /model-00001-of-00002\.safetensors \(a part of the weights\)/,
    ],
    [
      'M8: an index without parts',
      {
        'model.safetensors': undefined,
        'model.safetensors.index.json': { weight_map: { a: 'model-00001-of-00001.safetensors' } },
      },
      /model-00001-of-00001\.safetensors is missing/,
    ],
    [
      'an index that leaves the folder',
      {
        'model.safetensors': undefined,
        'model.safetensors.index.json': { weight_map: { a: '../../secret.safetensors' } },
      },
      /must be a file of the same folder/,
    ],
    [
      'an index without a map',
      { 'model.safetensors': undefined, 'model.safetensors.index.json': {} },
      /weight_map is missing/,
    ],
    ['no weights at all', { 'model.safetensors': undefined }, /model\.safetensors is missing/],
    [
      'M8: a tokenizer of SentencePiece',
      { 'tokenizer.json': undefined, 'tokenizer.model': 'x' },
      /tokenizer\.json is missing; the folder has tokenizer\.model \(SentencePiece\)/,
    ],
    [
      'M8: an older tokenizer',
      { 'tokenizer.json': undefined, 'vocab.json': 'x' },
      /vocab\.json \(an older form\)/,
    ],
    ['no tokenizer', { 'tokenizer.json': undefined }, /tokenizer\.json is missing/],
    [
      'M8: fewer layers than weights',
      changed({ num_hidden_layers: 1, layer_types: undefined }),
      /the file has \d+ layers, and config\.json names 1/,
    ],
    [
      'more layers than weights',
      changed({ num_hidden_layers: 9, layer_types: undefined }),
      /tensor "model\.layers\..* is missing/,
    ],
    ['another width', changed({ hidden_size: 64 }), /has shape .*, expected/],
    ['weights of another model', { 'model.safetensors': weights('gpt2') }, /is missing/],
    [
      'weights as integers',
      { 'model.safetensors': integerWeights() },
      /is I8; weights must be F32, F16, BF16/,
    ],
    [
      'M6: MLX by its old key',
      changed({ quantization: { group_size: 32, bits: 4 } }),
      /quantised by MLX to 4 bits, which is not supported/,
    ],
    [
      'M6: MLX by both keys',
      changed({
        quantization: { group_size: 64, bits: 8 },
        quantization_config: { group_size: 64, bits: 8 },
      }),
      /quantised by MLX to 8 bits/,
    ],
    [
      'quantised by GPTQ',
      changed({ quantization_config: { quant_method: 'gptq', bits: 4 } }),
      /quantised by GPTQ to 4 bits/,
    ],
    [
      'quantised by AWQ',
      changed({ quantization_config: { quant_method: 'awq', bits: 4 } }),
      /quantised by AWQ/,
    ],
    [
      'quantised by bitsandbytes',
      changed({ quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true } }),
      /quantised by bitsandbytes/,
    ],
    [
      'quantised in FP8',
      changed({ quantization_config: { quant_method: 'fp8' } }),
      /quantised by FP8/,
    ],
    [
      'quantised by compressed-tensors',
      changed({ compression_config: { format: 'int-quantized' } }),
      /quantised by compressed-tensors/,
    ],
    [
      'quantised by who knows',
      changed({ quantization_config: { quant_method: 'x'.repeat(1000) } }),
      /quantised by "x+\.\.\., which/,
    ],
    [
      'a family with images',
      changed({ model_type: 'gemma3' }),
      /"gemma3" is not supported: it needs images or sound/,
    ],
    [
      'a family with linear attention',
      changed({ model_type: 'qwen3_5_text' }),
      /"qwen3_5_text" is not supported: it needs layers of linear attention/,
    ],
    ['a family with states', changed({ model_type: 'mamba2' }), /it needs state-space layers/],
    [
      'other experts',
      changed({ model_type: 'mixtral' }),
      /it needs a mixture of experts of another/,
    ],
    ['an encoder', changed({ model_type: 'bert' }), /it needs an encoder/],
    ['an unknown family', changed({ model_type: 'nobody' }), /"nobody" is not supported/],
    [
      'a family from the prototype',
      changed({ model_type: 'constructor' }),
      /"constructor" is not supported\./,
    ],
    ['no family', changed({ model_type: undefined }), /model_type is missing/],
    ['a list for a configuration', { 'config.json': '[]' }, /must be a JSON object/],
    ['a configuration cut off', { 'config.json': '{"model_type":' }, /not valid JSON/],
    [
      'a deep configuration',
      { 'config.json': `{"a":${deep(100_000)}}` },
      /model_type|not valid JSON/,
    ],
    [
      'a configuration in UTF-16',
      { 'config.json': new Uint8Array([0xff, 0xfe, 123, 0, 125, 0]) },
      /not valid JSON/,
    ],
    ['no configuration', { 'config.json': undefined }, /config\.json is missing/],
    ['a million layers', changed({ num_hidden_layers: 1e6 }), /num_hidden_layers must be at most/],
    ['a vocabulary without end', changed({ vocab_size: 1e12 }), /vocab_size must be at most/],
    [
      'a size that is a text',
      changed({ hidden_size: '48' }),
      /hidden_size must be a number; found "48"/,
    ],
    [
      'an adapter beside the model',
      { 'adapter_config.json': { base_model_name_or_path: 'a/b' } },
      /carries a LoRA adapter of "a\/b"/,
    ],
    [
      'an id without end',
      tokenized({ model: { ...model, vocab: { a: 2 ** 40 } } }),
      /the id of token "a" is 1099511627776/,
    ],
    [
      'a negative id',
      tokenized({ model: { ...model, vocab: { a: -1 } } }),
      /the id of token "a" is -1/,
    ],
    [
      'a token without end',
      tokenized({ model: { ...model, vocab: { ['x'.repeat(5000)]: 1 } } }),
      /a token has 5000 characters, more than 4096/,
    ],
    [
      'an added token without text',
      tokenized({ added_tokens: [{ id: 1, content: '' }] }),
      /the added token 1 has the text ""/,
    ],
    [
      'another kind of tokenizer',
      tokenized({ model: { type: 'Oracle' } }),
      /tokenizer\.json cannot be used/,
    ],
    [
      'a tokenizer without a model',
      tokenized({ model: undefined }),
      /tokenizer\.json cannot be used/,
    ],
    [
      'another pre-tokenizer',
      tokenized({ pre_tokenizer: { type: 'Magic' } }),
      /tokenizer\.json cannot be used/,
    ],
    [
      'pieces of no length',
      tokenized({ pre_tokenizer: { type: 'FixedLength', length: 0 } }),
      /FixedLength/,
    ],
    [
      'a deep sequence',
      {
        'tokenizer.json': JSON.stringify({ ...tokenizer, pre_tokenizer: 'DEEP' }).replace(
          '"DEEP"',
          nested(20_000),
        ),
      },
      /tokenizer\.json cannot be used|not valid JSON/,
    ],
    [
      'H1: a pattern without end',
      tokenized({ pre_tokenizer: split('(\\w|\\w\\w)+!') }),
      /takes too long to split/,
    ],
    [
      'a pattern that is none',
      tokenized({ pre_tokenizer: split('(') }),
      /tokenizer\.json cannot be used/,
    ],
    [
      'H1: a template without end',
      {
        'chat_template.jinja':
          '{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}',
      },
      /chat template fails: it takes more than/,
    ],
    ['a template that is none', { 'chat_template.jinja': '{% if %}' }, /chat template fails/],
    [
      'a template that raises',
      { 'chat_template.jinja': '{{ raise_exception("no") }}' },
      /chat template fails: no\./,
    ],
    [
      'an end that is no token',
      { 'tokenizer_config.json': { eos_token: '<end>' } },
      /eos_token "<end>" is not in tokenizer\.json/,
    ],
    [
      'no end',
      { 'tokenizer_config.json': {}, ...changed({ eos_token_id: undefined }) },
      /No end-of-sequence token/,
    ],
    [
      'an end outside',
      { 'generation_config.json': { eos_token_id: 5000 } },
      /end-of-sequence token 5000 is not in tokenizer\.json/,
    ],
  ])('%s', async (_, changes, what) => refused(opened(changes), what));

  it.each<[string, Map<string, Uint8Array>, RegExp]>([
    ['M8: an empty one', new Map(), /config\.json is missing: the folder is empty/],
    [
      'one that is called GGUF',
      only('model.Q8_0.gguf'),
      /model\.Q8_0\.gguf: the first word needs 4 bytes/,
    ],
    ["M8: the hub's cache", only('snapshots/', 'refs/'), /snapshots\/ \(the hub's cache\)/],
    ['M8: one of ONNX', only('model.onnx'), /model\.onnx \(ONNX\)/],
    [
      'an adapter alone',
      new Map([['adapter_config.json', text('{"base_model_name_or_path":"a/b"}')]]),
      /is a LoRA adapter of "a\/b", not a model/,
    ],
  ])('%s', async (_, files, what) => refused(opened({}, files), what));

  it('M6: of MLX, as it was found', async () => {
    const at = (name: string) => golden(`faults/mlx-quantised-message/model/${name}`);
    const files = new Map([
      ['config.json', at('config.json')],
      ['model.safetensors', at('model.safetensors')],
    ]);
    await refused(opened({}, files), /quantised by MLX to 4 bits/);
  });
});

function split(regex: string): Fields {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false };
}

function nested(depth: number): string {
  const open = '{"type":"Sequence","pretokenizers":['.repeat(depth);
  return `${open}{"type":"Digits","individual_digits":true}${']}'.repeat(depth)}`;
}

function bigHeader(length: number): Uint8Array {
  const bytes = new Uint8Array(length + 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  return bytes;
}

/** The golden weights with the first tensor said to be of bytes. */
function integerWeights(): Uint8Array {
  const head =
    '{"model.embed_tokens.weight":{"dtype":"I8","shape":[80,40],"data_offsets":[0,3200]}}';
  const bytes = new Uint8Array(8 + head.length + 3200);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(text(head), 8);
  return bytes;
}

describe('an adapter', () => {
  const spec = decoderSpecFrom(json(golden('models/llama/config.json')));
  const given = new Map(
    ['adapter_config.json', 'adapter_model.safetensors'].map((name) => [
      name,
      golden(`models/llama/adapter/${name}`),
    ]),
  );
  const settings = json(given.get('adapter_config.json')!);
  const configured = (fields: Fields) => ({ 'adapter_config.json': { ...settings, ...fields } });
  const read = (changes: Record<string, Content>) => readAdapter(folder(changes, given), spec);

  it('is read as it is', async () => {
    expect((await read({})).tensors.size).toBeGreaterThan(0);
  });

  it.each(['orthogonal', 'gaussian', 'eva', 'mica', 'lora_ga', 'of_tomorrow', true, false, null])(
    'M5: may have begun as %j',
    async (begun) => {
      expect(await read(configured({ init_lora_weights: begun }))).toEqual(await read({}));
    },
  );

  it.each<[string, Record<string, Content>, RegExp]>([
    ...['pissa', 'pissa_niter_16', 'olora', 'corda', 'CorDA'].map(
      (begun): [string, Record<string, Content>, RegExp] => [
        `M5: begun as ${begun}`,
        configured({ init_lora_weights: begun }),
        /takes its first values out of the base weights/,
      ],
    ),
    [
      'M5: begun as loftq',
      configured({ init_lora_weights: 'loftq' }),
      /puts quantised weights in the place of the base weights/,
    ],
    [
      'begun as a number',
      configured({ init_lora_weights: 5 }),
      /must be true, false or the name of an initialiser; found 5/,
    ],
    [
      'M8: of no modules',
      configured({ target_modules: [] }),
      /target_modules must name at least one module/,
    ],
    ['of another kind', configured({ peft_type: 'IA3' }), /peft_type must be "LORA"/],
    ['without a rank', configured({ r: undefined }), /r is missing/],
    ['of rank 0', configured({ r: 0 }), /r must be at least 1/],
    ['of a huge rank', configured({ r: 1e9 }), /r must be at most/],
    ['of another rank', configured({ r: 3 }), /has shape .*, expected/],
    ['of alpha 0', configured({ lora_alpha: 0 }), /lora_alpha must be above 0/],
    ['of DoRA', configured({ use_dora: true }), /use_dora true is not supported/],
    ['with biases', configured({ bias: 'all' }), /bias must be "none"/],
    ['with saved modules', configured({ modules_to_save: ['lm_head'] }), /modules_to_save/],
    [
      'with a pattern of ranks',
      configured({ rank_pattern: { '.*(a+)+b': 2 } }),
      /rank_pattern has the pattern/,
    ],
    [
      'with ranks that are texts',
      configured({ rank_pattern: { q_proj: 'x' } }),
      /rank_pattern.* must be a number; found "x"/,
    ],
    [
      'of modules that are not there',
      configured({ target_modules: ['nothing'] }),
      /belongs to no projection/,
    ],
    ['with an empty configuration', { 'adapter_config.json': {} }, /peft_type is missing/],
    [
      'with a configuration without end',
      { 'adapter_config.json': new Uint8Array(17 * 2 ** 20) },
      /adapter_config\.json has .* at most 16 MiB/,
    ],
    [
      'without a configuration',
      { 'adapter_config.json': undefined },
      /adapter_config\.json is missing/,
    ],
    [
      'of the older format',
      { 'adapter_model.safetensors': undefined, 'adapter_model.bin': 'x' },
      /adapter_model\.safetensors is missing/,
    ],
    ['of a page', { 'adapter_model.safetensors': '<html></html>' }, /claims a header|too few/],
    [
      'of another architecture',
      { 'adapter_model.safetensors': golden('models/gpt2/adapter/adapter_model.safetensors') },
      /is missing|belongs to no projection/,
    ],
    [
      'of nothing',
      { 'adapter_model.safetensors': tensors({ other: [2, 2] }) },
      /is missing|belongs to no projection/,
    ],
    [
      'M8: on the head',
      {
        ...configured({ target_modules: ['lm_head'] }),
        'adapter_model.safetensors': tensors({
          'base_model.model.lm_head.lora_A.weight': [2, 48],
          'base_model.model.lm_head.lora_B.weight': [96, 2],
        }),
      },
      /changes lm_head, the model's output head/,
    ],
    [
      'M8: on the embedding',
      {
        ...configured({ target_modules: ['embed_tokens'] }),
        'adapter_model.safetensors': tensors({
          'base_model.model.model.embed_tokens.lora_embedding_A': [2, 96],
        }),
      },
      /changes embed_tokens, the model's embedding/,
    ],
    [
      'M8: with an embedding saved whole',
      {
        ...configured({ target_modules: ['nothing'] }),
        'adapter_model.safetensors': tensors({
          'base_model.model.model.embed_tokens.weight': [96, 48],
        }),
      },
      /changes embed_tokens/,
    ],
  ])('%s', async (_, changes, what) => refused(read(changes), what));
});
