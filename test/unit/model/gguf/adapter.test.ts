// LoRA adapters as GGUF: llama.cpp's own file and PEFT's are the same adapter, in and out.
import { readFile } from 'node:fs/promises';
import { describe, expect, it, test } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { openAdapter } from '../../../../src/model/adapter-folder.ts';
import { shapeOf, type AdapterFile } from '../../../../src/model/adapter/peft.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { openGguf } from '../../../../src/model/gguf/open.ts';
import { ggufTensor } from '../../../../src/model/gguf/tensor.ts';
import { writeGguf, type GgufValue } from '../../../../src/model/gguf/writer.ts';
import { writeGgufAdapter } from '../../../../src/model/gguf-adapter.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';

const path = (name: string) => new URL(`../../../golden/gguf/${name}`, import.meta.url).pathname;
const specOf = async (model: string) => (await readCheckpoint(await nodeFolder(path(model)))).spec;
const held = (bytes: Uint8Array) => memoryFolder(new Map([['a.gguf', bytes]]));

/** Name, shape and values of every tensor of a GGUF file. */
async function contents(bytes: Uint8Array) {
  const { entries, load, metadata } = await openGguf(held(bytes), 'a.gguf');
  const tensors = new Map<string, unknown>();
  for (const [name, entry] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    tensors.set(name, [entry.shape, await ggufTensor(entry, load, name).read()]);
  }
  return { tensors, alpha: metadata.number('adapter.lora.alpha') };
}

describe.each(['llama_k', 'llama_rope', 'qwen3_k', 'gemma3'])('%s', (model) => {
  it('is the same from PEFT and from GGUF', async () => {
    const spec = await specOf(`${model}/model.gguf`);
    const peft = await openAdapter(await nodeFolder(path(`${model}/adapter`)), spec);
    const gguf = await openAdapter(await nodeFolder(path(`${model}/adapter.gguf`)), spec);
    expect(gguf).toEqual({ ...peft, dropout: gguf.dropout, baseModel: undefined });
    expect(gguf.tensors.size).toBeGreaterThan(0);
  });

  it('is written as llama.cpp has it', async () => {
    const spec = await specOf(`${model}/model.gguf`);
    const peft = await openAdapter(await nodeFolder(path(`${model}/adapter`)), spec);
    const golden = await contents(new Uint8Array(await readFile(path(`${model}/adapter.gguf`))));
    expect(await contents(writeGgufAdapter(peft, spec))).toEqual(golden);
  });
});

test('ranks, alphas and rsLoRA of their own come back as the same scaling', async () => {
  const spec = await specOf('llama_k/model.gguf');
  const plain = await openAdapter(await nodeFolder(path('llama_k/adapter')), spec);
  const [first, second] = [...plain.tensors.keys()];
  const own: AdapterFile = {
    ...plain,
    rankStabilised: true,
    tensors: new Map(
      [...plain.tensors].map(([name, pair]) => {
        if (name === first) return [name, { ...pair, alpha: 3 }];
        if (name !== second) return [name, pair];
        const half = { a: pair.a.subarray(0, pair.a.length / 2), rank: 1 };
        return [name, { ...half, b: Float32Array.from(pair.b.filter((_, i) => i % 2 === 0)) }];
      }),
    ),
  };
  const back = await openAdapter(held(writeGgufAdapter(own, spec)), spec);
  for (const [name, pair] of own.tensors) {
    const { a, b, ...rest } = back.tensors.get(name)!;
    const [expected, found] = [shapeOf(own, pair), shapeOf(back, { ...rest, a, b })];
    expect(found.rank).toBe(expected.rank);
    expect(a).toEqual(Float32Array.from(pair.a));
    b.forEach((value, i) => {
      expect(value * found.scaling).toBeCloseTo(pair.b[i]! * expected.scaling, 6);
    });
  }
});

const F32 = (...shape: number[]) => ({
  type: 'F32' as const,
  shape,
  bytes: new Uint8Array(4 * shape.reduce((all, extent) => all * extent, 1)),
});
const Q = 'blk.0.attn_q.weight.lora_';
const pair = { [`${Q}a`]: F32(2, 256), [`${Q}b`]: F32(256, 2) };
const keys: Record<string, GgufValue> = {
  'general.architecture': 'llama',
  'general.type': 'adapter',
  'adapter.type': 'lora',
  'adapter.lora.alpha': { f32: 4 },
};

test('without an alpha the scale is 1', async () => {
  const spec = await specOf('llama_k/model.gguf');
  for (const alpha of [undefined, { f32: 0 }]) {
    const some = new Map(Object.entries(keys));
    some.delete('adapter.lora.alpha');
    if (alpha) some.set('adapter.lora.alpha', alpha);
    const bytes = writeGguf(some, new Map(Object.entries(pair)));
    const adapter = await openAdapter(held(bytes), spec);
    for (const module of adapter.tensors.values()) {
      expect(shapeOf(adapter, module).scaling).toBe(1);
    }
  }
});

describe('a file is refused', () => {
  it.each<[string, Record<string, GgufValue>, Record<string, ReturnType<typeof F32>>, RegExp]>([
    ['of another architecture', { 'general.architecture': 'qwen2' }, pair, /expected "llama"/],
    ['that is a model', { 'general.type': 'model' }, pair, /general\.type is "model"/],
    ['that is no LoRA', { 'adapter.type': 'ia3' }, pair, /adapter\.type is "ia3"/],
    ['with an alpha below 0', { 'adapter.lora.alpha': { f32: -1 } }, pair, /alpha is -1/],
    ['with half a pair', {}, { [`${Q}a`]: F32(2, 256) }, /lora_b" is missing, of shape \[256,2\]/],
    ['turned', {}, { [`${Q}a`]: F32(256, 2), [`${Q}b`]: F32(2, 256) }, /has shape/],
    [
      'of another width',
      {},
      { [`${Q}a`]: F32(2, 64), [`${Q}b`]: F32(256, 2) },
      /has shape \[2,64\]/,
    ],
    ['with nothing', {}, {}, /adapts nothing/],
    ['with a stranger', {}, { ...pair, 'output.weight.lora_a': F32(2, 256) }, /belongs to no proj/],
  ])('%s', async (_, changes, tensors, what) => {
    const spec = await specOf('llama_k/model.gguf');
    const bytes = writeGguf(
      new Map(Object.entries({ ...keys, ...changes })),
      new Map(Object.entries(tensors)),
    );
    const thrown = await openAdapter(held(bytes), spec).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(InputError);
    expect((thrown as Error).message).toMatch(what);
  });

  it('of a family that GGUF files do not have', async () => {
    const spec = { ...(await specOf('llama_k/model.gguf')), family: 'gpt2' };
    const peft = await openAdapter(await nodeFolder(path('llama_k/adapter')), spec);
    expect(() => writeGgufAdapter(peft, spec)).toThrow(/Adapters of gpt2 cannot be GGUF/);
    const ofExperts = { ...peft, changesFrozen: true };
    expect(() => writeGgufAdapter(ofExperts, { ...spec, family: 'qwen3_moe' })).toThrow(
      /changes experts or routers/,
    );
  });
});
