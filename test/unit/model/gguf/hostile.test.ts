// Broken and hostile GGUF files: each is refused at once, in one line that says what is wrong.
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { writeGguf, type GgufValue } from '../../../../src/model/gguf/writer.ts';

const golden = async (name: string) =>
  new Uint8Array(
    await readFile(new URL(`../../../golden/gguf/${name}/model.gguf`, import.meta.url)),
  );
const whole = await golden('llama_k');

const opened = async (bytes: Uint8Array) => {
  const checkpoint = await readCheckpoint(memoryFolder(new Map([['m.gguf', bytes]])));
  const tokenizer = await checkpoint.tokenizer();
  for (const tensor of checkpoint.tensors.values()) await tensor.read();
  return tokenizer;
};

/** What was refused: how many files, and the most milliseconds that one took. */
const told = { files: 0, slowest: 0 };
afterAll(() =>
  console.log(`${told.files} files, refused in ${told.slowest.toFixed(0)} ms at most`),
);

async function refused(bytes: Uint8Array, what: RegExp) {
  const began = performance.now();
  const thrown: unknown = await opened(bytes).then(
    () => 'nothing',
    (error: unknown) => error,
  );
  told.files++;
  told.slowest = Math.max(told.slowest, performance.now() - began);
  expect(thrown).toBeInstanceOf(InputError);
  const { message, advice } = thrown as InputError;
  expect(message).toMatch(what);
  expect(message).not.toMatch(/\n/);
  expect(advice).not.toBe('');
}

/** Writes over a part of the file. */
function patched(at: number, ...bytes: number[]): Uint8Array {
  const copy = whole.slice();
  copy.set(bytes, at);
  return copy;
}

const u64 = (value: bigint) => [...new Uint8Array(BigUint64Array.of(value).buffer)];
const u32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];

/** Where a text of the file is, behind its length. */
function placeOf(text: string): number {
  const at = Buffer.from(whole).indexOf(text);
  if (at < 0) throw new Error(text);
  return at;
}
/** Where the type of a key's value is. */
const typeOf = (key: string) => placeOf(key) + key.length;
const value = (key: string) => typeOf(key) + 4;
/** Where the description of a tensor is: axes, dims, type, offset. */
const tensor = (name: string) => placeOf(name) + name.length;

const TENSOR = 'blk.0.attn_q.weight';
const KEY = 'llama.block_count';

it('opens what is whole', async () => {
  expect((await opened(whole)).vocabSize).toBe(320);
});

describe('a header', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['of nothing', new Uint8Array(0), /m\.gguf: the first word needs 4 bytes/],
    ['of three bytes', whole.slice(0, 3), /the first word needs 4 bytes/],
    [
      'of another format',
      new TextEncoder().encode('PK\x03\x04 something'),
      /does not begin with the word GGUF/,
    ],
    ['of zeros', new Uint8Array(4096), /does not begin with the word GGUF/],
    ['of GGML', patched(0, 0x6c, 0x6d, 0x67, 0x67), /is GGML, which is not supported/],
    ['of GGJT', patched(0, 0x74, 0x6a, 0x67, 0x67), /is GGJT/],
    ['in the other byte order', patched(0, 0x46, 0x55, 0x47, 0x47), /big-endian/],
    ['of version 0', patched(4, ...u32(0)), /version 0/],
    ['of version 1', patched(4, ...u32(1)), /version 1; versions 2 and 3/],
    ['of version 4', patched(4, ...u32(4)), /version 4/],
    ['of a version in the other byte order', patched(4, 0, 0, 0, 3), /version 50331648/],
    ['of 2^60 tensors', patched(8, ...u64(1n << 60n)), /claims 1152921504606847000 tensors/],
    ['of 2^64 - 1 tensors', patched(8, ...u64((1n << 64n) - 1n)), /claims \S+ tensors/],
    ['of more tensors than fit', patched(8, ...u64(1_000_000n)), /claims 1000000 tensors/],
    ['of a few tensors too many', patched(8, ...u64(400n)), /m\.gguf: /],
    ['of 2^60 keys', patched(16, ...u64(1n << 60n)), /claims \S+ keys/],
    ['of a key too many', patched(16, ...u64(28n)), /m\.gguf: /],
    ['of a key too few', patched(16, ...u64(26n)), /m\.gguf: /],
    [
      'of a key of 2^60 bytes',
      patched(24, ...u64(1n << 60n)),
      /a key needs 1152921504606847000 bytes/,
    ],
    [
      'of a key of 100,000 bytes',
      patched(24, ...u64(100_000n)),
      /a key has 100000 bytes, and at most 65535/,
    ],
    ['of a key of no UTF-8', patched(32, 0xff), /a key is not in UTF-8/],
    [
      'of a value of an unknown type',
      patched(typeOf(KEY), ...u32(99)),
      /"llama\.block_count" is of type 99/,
    ],
    [
      'of a value of the type 2^32 - 1',
      patched(typeOf(KEY), ...u32(0xffffffff)),
      /is of type 4294967295/,
    ],
    ['of a list of lists', patched(value('tokenizer.ggml.merges'), ...u32(9)), /list of lists/],
    [
      'of a list of an unknown type',
      patched(value('tokenizer.ggml.merges'), ...u32(77)),
      /type 77/,
    ],
    [
      'of a list of 2^60',
      patched(value('tokenizer.ggml.merges') + 4, ...u64(1n << 60n)),
      /claims \S+ values of "tokenizer\.ggml\.merges"/,
    ],
    [
      'of a list one too long',
      patched(value('tokenizer.ggml.merges') + 4, ...u64(62n)),
      /m\.gguf: /,
    ],
    [
      'of a text in a list of 2^60 bytes',
      patched(value('tokenizer.ggml.tokens') + 12, ...u64(1n << 60n)),
      /"tokenizer\.ggml\.tokens" needs/,
    ],
    [
      'of a flag that is 2',
      patched(value('tokenizer.ggml.add_bos_token'), 2),
      /must be true \(1\) or false \(0\) and is 2/,
    ],
    [
      'of a key twice',
      patched(
        placeOf('tokenizer.ggml.bos_token_id'),
        ...new TextEncoder().encode('tokenizer.ggml.eos_token_id'),
      ),
      /has the key "tokenizer\.ggml\.eos_token_id" twice/,
    ],
  ])('%s', (_, bytes, what) => refused(bytes, what));
});

describe('a tensor', () => {
  it.each<[string, Uint8Array, RegExp]>([
    [
      'twice',
      patched(placeOf('blk.1.attn_q.weight'), ...new TextEncoder().encode(TENSOR)),
      /has the tensor "blk\.0\.attn_q\.weight" twice/,
    ],
    ['without axes', patched(tensor(TENSOR), ...u32(0)), /has 0 axes; 1 to 4/],
    ['of five axes', patched(tensor(TENSOR), ...u32(5)), /has 5 axes/],
    ['of 2^32 - 1 axes', patched(tensor(TENSOR), ...u32(0xffffffff)), /axes/],
    ['of an axis of 0', patched(tensor(TENSOR) + 12, ...u64(0n)), /impossible shape/],
    ['of an axis of 2^60', patched(tensor(TENSOR) + 12, ...u64(1n << 60n)), /impossible shape/],
    [
      'of 2^64 - 1 rows',
      patched(tensor(TENSOR) + 12, ...u64((1n << 64n) - 1n)),
      /impossible shape/,
    ],
    [
      'of a million rows',
      patched(tensor(TENSOR) + 12, ...u64(1_000_000n)),
      /ends at byte \d+ of a file of/,
    ],
    [
      'of rows of no whole blocks',
      patched(tensor(TENSOR) + 4, ...u64(255n)),
      /rows of 255, no whole blocks of Q4_K/,
    ],
    ['of Q2_K', patched(tensor(TENSOR) + 20, ...u32(10)), /is of Q2_K, which is not supported/],
    ['of IQ4_XS', patched(tensor(TENSOR) + 20, ...u32(23)), /is of IQ4_XS/],
    ['of MXFP4', patched(tensor(TENSOR) + 20, ...u32(39)), /is of MXFP4/],
    ['of whole numbers', patched(tensor(TENSOR) + 20, ...u32(26)), /is of I32/],
    ['of an unknown type', patched(tensor(TENSOR) + 20, ...u32(1234)), /is of type 1234/],
    [
      'beyond the end',
      patched(tensor(TENSOR) + 24, ...u64(1n << 40n)),
      /ends at byte \d+ of a file of/,
    ],
    ['at 2^63', patched(tensor(TENSOR) + 24, ...u64(1n << 63n)), /ends at byte/],
    [
      'at no multiple of the alignment',
      patched(tensor(TENSOR) + 24, ...u64(47105n)),
      /begins at 47105, no multiple of 32/,
    ],
    ['over another', patched(tensor(TENSOR) + 24, ...u64(0n)), /overlap/],
    ['over a part of another', patched(tensor(TENSOR) + 24, ...u64(46080n + 32n)), /overlap/],
    [
      'of a name of 2^60 bytes',
      patched(placeOf(TENSOR) - 8, ...u64(1n << 60n)),
      /a tensor's name needs/,
    ],
    [
      'of a name of 300 bytes',
      patched(placeOf(TENSOR) - 8, ...u64(300n)),
      /a tensor's name has 300 bytes/,
    ],
    [
      'of another name',
      patched(placeOf(TENSOR), 0x78),
      /tensor "model\.layers\.0\.self_attn\.q_proj\.weight" of shape .* is missing/,
    ],
    [
      'of another shape',
      patched(tensor(TENSOR) + 12, ...u64(255n)),
      /has shape \[255,256\], expected \[256,256\]/,
    ],
  ])('%s', (_, bytes, what) => refused(bytes, what));
});

test('a file that is cut anywhere', async () => {
  for (let kept = 0; kept < whole.length; kept += 9973) {
    await refused(whole.slice(0, kept), /m\.gguf: /);
  }
});

test('a file with a bit turned anywhere in its header is refused in words or opened', async () => {
  for (let at = 0; at < 7813; at += 211) {
    const bytes = whole.slice();
    bytes[at]! ^= 1 << (at % 8);
    const thrown = await opened(bytes).catch((error: unknown) => error);
    if (thrown instanceof Error) expect(thrown).toBeInstanceOf(InputError);
  }
});

/** Keys of a model of one layer, with vocabulary. */
const keys: Readonly<Record<string, GgufValue>> = {
  'general.architecture': 'llama',
  'llama.block_count': { u32: 1 },
  'llama.context_length': { u32: 64 },
  'llama.embedding_length': { u32: 8 },
  'llama.feed_forward_length': { u32: 8 },
  'llama.attention.head_count': { u32: 2 },
  'llama.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
  'tokenizer.ggml.model': 'gpt2',
  'tokenizer.ggml.pre': 'gpt-2',
  'tokenizer.ggml.tokens': { texts: ['a', 'b', 'ab', '<end>'] },
  'tokenizer.ggml.token_type': { i32s: [1, 1, 1, 3] },
  'tokenizer.ggml.merges': { texts: ['a b'] },
  'tokenizer.ggml.eos_token_id': { u32: 3 },
};
const shapes: Readonly<Record<string, readonly number[]>> = {
  'token_embd.weight': [4, 8],
  'output_norm.weight': [8],
  ...Object.fromEntries(
    Object.entries({
      ...{ attn_norm: [8], ffn_norm: [8], attn_q: [8, 8], attn_k: [8, 8], attn_v: [8, 8] },
      ...{ attn_output: [8, 8], ffn_gate: [8, 8], ffn_up: [8, 8], ffn_down: [8, 8] },
    }).map(([name, shape]) => [`blk.0.${name}.weight`, shape]),
  ),
};

/** Undefined takes a key out. */
function made(changes: Readonly<Record<string, GgufValue | undefined>>, tensors = shapes) {
  const held = Object.entries({ ...keys, ...changes }).filter(([, each]) => each !== undefined);
  const plain = Object.entries(tensors).map(([name, shape]) => {
    const bytes = new Uint8Array(4 * shape.reduce((all, extent) => all * extent, 1));
    return [name, { type: 'F32', shape, bytes }] as const;
  });
  return writeGguf(new Map(held as [string, GgufValue][]), new Map(plain));
}

it('opens what it made', async () => {
  expect((await opened(made({}))).encode('ab')).toEqual([2]);
});

describe('a model', () => {
  it.each<[string, Record<string, GgufValue | undefined>, RegExp]>([
    [
      'without an architecture',
      { 'general.architecture': undefined },
      /does not say of which architecture/,
    ],
    [
      'of an unknown one',
      { 'general.architecture': 'mamba' },
      /architecture "mamba", which is not supported as GGUF: it needs state-space layers/,
    ],
    [
      'of one that nobody knows',
      { 'general.architecture': 'abacus' },
      /architecture "abacus", which is not supported as GGUF\./,
    ],
    [
      'with other experts',
      { 'general.architecture': 'qwen2moe' },
      /"qwen2moe".*: it needs a mixture of experts of another kind/,
    ],
    [
      'with experts under the name of one without',
      { 'llama.expert_count': { u32: 8 } },
      /is a mixture of experts, which llama is not supported with/,
    ],
    [
      'whose architecture is a number',
      { 'general.architecture': { u32: 1 } },
      /general\.architecture must be a text/,
    ],
    ['that is an adapter', { 'general.type': 'adapter' }, /is a LoRA adapter, not a model/],
    ['that sees pictures', { 'general.type': 'mmproj' }, /of the kind "mmproj"/],
    ['in parts', { 'split.count': { u32: 3 } }, /one of several parts/],
    ['without layers', { 'llama.block_count': undefined }, /llama\.block_count is missing/],
    ['of no layers', { 'llama.block_count': { u32: 0 } }, /num_hidden_layers must be at least 1/],
    [
      'of four billion layers',
      { 'llama.block_count': { u32: 4e9 } },
      /num_hidden_layers must be at most/,
    ],
    ['of fewer layers', { 'llama.block_count': { u32: 2 } }, /is missing/],
    ['without heads', { 'llama.attention.head_count': undefined }, /head_count is missing/],
    ['of no heads', { 'llama.attention.head_count': { u32: 0 } }, /must be/],
    [
      'whose heads differ',
      { 'llama.attention.head_count_kv': { i32s: [1, 2] } },
      /differs between layers/,
    ],
    [
      'whose width is a text',
      { 'llama.embedding_length': '8' },
      /embedding_length must be a number/,
    ],
    ['whose width is another', { 'llama.embedding_length': { u32: 16 } }, /has shape/],
    [
      'with an epsilon of nothing',
      { 'llama.attention.layer_norm_rms_epsilon': { f32: NaN } },
      /rms_norm_eps/,
    ],
    [
      'with heads of two sizes',
      { 'llama.attention.value_length': { u32: 8 } },
      /which is not supported/,
    ],
    ['without a vocabulary', { 'tokenizer.ggml.tokens': undefined }, /no tokenizer\.ggml\.tokens/],
    ['without a tokenizer', { 'tokenizer.ggml.model': undefined }, /has no tokenizer/],
    ['with an unknown one', { 'tokenizer.ggml.model': 'rwkv' }, /tokenizer\.ggml\.model is "rwkv"/],
    ['that cuts in unknown ways', { 'tokenizer.ggml.pre': 'new' }, /tokenizer\.ggml\.pre is "new"/],
    [
      'with a token twice',
      { 'tokenizer.ggml.tokens': { texts: ['a', 'b', 'a', '<end>'] } },
      /has "a" twice/,
    ],
    [
      'with a token too few',
      { 'tokenizer.ggml.tokens': { texts: ['a', 'b', 'ab'] } },
      /token_type has 4 values for 3 tokens/,
    ],
    [
      'with a score too many',
      { 'tokenizer.ggml.scores': { f32s: [1, 2, 3, 4, 5] } },
      /scores has 5 values for 4/,
    ],
    [
      'with more tokens than rows',
      {
        'tokenizer.ggml.tokens': { texts: ['a', 'b', 'ab', '<end>', 'z'] },
        'tokenizer.ggml.token_type': undefined,
        'tokenizer.ggml.eos_token_id': { u32: 4 },
      },
      /m\.gguf: eos_token_id 4 is outside the vocabulary of 4/,
    ],
    [
      'with numbers for tokens',
      { 'tokenizer.ggml.tokens': { i32s: [1, 2] } },
      /must be a list of texts/,
    ],
    [
      'with a merge of one',
      { 'tokenizer.ggml.merges': { texts: ['ab'] } },
      /merges has "ab", which are no two tokens/,
    ],
    ['without merges', { 'tokenizer.ggml.merges': undefined }, /has no tokenizer\.ggml\.merges/],
    ['without an end', { 'tokenizer.ggml.eos_token_id': undefined }, /No end-of-sequence token/],
    ['with an end beyond', { 'tokenizer.ggml.eos_token_id': { u32: 9 } }, /eos_token_id/],
    ['aligned to 3', { 'general.alignment': { u32: 3 } }, /general\.alignment is 3/],
    ['aligned to 0', { 'general.alignment': { u32: 0 } }, /general\.alignment is 0/],
    [
      'aligned to two billion',
      { 'general.alignment': { u32: 2 ** 31 } },
      /general\.alignment is 2147483648/,
    ],
    [
      'with a template that fails',
      { 'tokenizer.chat_template': '{% for %}' },
      /chat template fails/,
    ],
  ])('%s', (_, changes, what) => refused(made(changes), what));

  it('whose rope factors are too few', async () => {
    const bytes = made({}, { ...shapes, 'rope_freqs.weight': [3] });
    await refused(bytes, /m\.gguf: rope_scaling: short_factor/);
  });
});
