import { describe, expect, it } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { weightShapes } from '../../../../src/model/spec/decoder-spec.ts';
import { memoryFolder, type ModelFiles } from '../../../../src/model/files/model-files.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { readSafetensors } from '../../../../src/model/files/safetensors.ts';
import {
  writeSafetensors,
  type TensorToWrite,
} from '../../../../src/model/files/safetensors-writer.ts';
import { expectSame } from './same-values.ts';
import { MODELS, goldenBytes, goldenPath } from './golden-models.ts';

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function storedTensors(model: string): Map<string, TensorToWrite> {
  const { tensors } = readSafetensors(goldenBytes(`${model}/model.safetensors`), model);
  return new Map(
    [...tensors].map(([name, stored]) => [name, { shape: stored.shape, data: stored.read() }]),
  );
}

/** A golden model's folder with other weights, and other files beside. */
function folderOf(model: string, files: Record<string, Uint8Array>): ModelFiles {
  return memoryFolder(
    new Map([['config.json', goldenBytes(`${model}/config.json`)], ...Object.entries(files)]),
  );
}

function withWeights(model: string, change: (tensors: Map<string, TensorToWrite>) => void) {
  const tensors = storedTensors(model);
  change(tensors);
  return folderOf(model, { 'model.safetensors': writeSafetensors(tensors) });
}

/** The folder with the norms' weights said to be of another type of the same width. */
function withDtype(model: string, dtype: string): ModelFiles {
  const bytes = goldenBytes(`${model}/model.safetensors`).slice();
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  bytes.set(new TextEncoder().encode(text.replaceAll('"F32"', JSON.stringify(dtype))), 8);
  return folderOf(model, { 'model.safetensors': bytes });
}

describe('a checkpoint', () => {
  it.each(MODELS)('is read from the folder of %s', async (name) => {
    const folder = await nodeFolder(goldenPath(name).pathname);
    const { spec, tensors, notes, config } = await readCheckpoint(folder);
    const shapes = [...tensors].map(([key, { shape }]) => [key, shape]);
    expect(Object.fromEntries(shapes)).toEqual(Object.fromEntries(weightShapes(spec)));
    const masks = 'h.0.attn.bias, h.1.attn.bias';
    expect(notes).toEqual(
      name === 'gpt2_hub_names' ? [`2 buffers of the file are computed instead: ${masks}.`] : [],
    );
    expect(config).toMatchObject({ model_type: spec.family });
    const stored = storedTensors(name);
    for (const [key, tensor] of tensors) {
      const { data } = (stored.get(key) ?? stored.get(key.replace('transformer.', '')))!;
      expectSame(await tensor.read(), data);
    }
  });

  const names = [...storedTensors('llama').keys()];
  const file = (i: number) => `model-0000${i + 1}-of-00002.safetensors`;
  const weight_map = Object.fromEntries(names.map((name, i) => [name, file(i % 2)]));
  const shards = [0, 1].map((which) => {
    const part = [...storedTensors('llama')].filter((_, i) => i % 2 === which);
    return writeSafetensors(new Map(part));
  });
  const sharded = (index: unknown, files: Record<string, Uint8Array>) =>
    readCheckpoint(folderOf('llama', { 'model.safetensors.index.json': json(index), ...files }));

  it('is read from shards', async () => {
    const files = { [file(0)]: shards[0]!, [file(1)]: shards[1]! };
    const { tensors } = await sharded({ metadata: {}, weight_map }, files);
    for (const [key, { data }] of storedTensors('llama'))
      expectSame(await tensors.get(key)!.read(), data);
  });

  it('needs every shard, in its own folder', async () => {
    await expect(sharded({ weight_map }, { [file(0)]: shards[0]! })).rejects.toThrow(
      /model-00002-of-00002.safetensors is missing/,
    );
    for (const path of ['../secret', 'a/b', '.hidden', '', 3]) {
      const attempt = sharded({ weight_map: { x: path } }, {});
      await expect(attempt).rejects.toThrow(/index.json: weight_map.x must be a file/);
    }
    await expect(sharded({}, {})).rejects.toThrow(/weight_map is missing/);
  });

  it('may store a tied matrix under the name of its head', async () => {
    const embedding = 'model.embed_tokens.weight';
    const folder = withWeights('qwen3', (tensors) => {
      tensors.set('lm_head.weight', tensors.get(embedding)!);
      tensors.delete(embedding);
    });
    const { tensors, notes } = await readCheckpoint(folder);
    expectSame(await tensors.get(embedding)!.read(), storedTensors('qwen3').get(embedding)!.data);
    expect(notes).toEqual([]);
  });

  it('may name in its metadata where a shared matrix is kept', async () => {
    const [embedding, head] = ['model.embed_tokens.weight', 'lm_head.weight'];
    const tensors = storedTensors('llama');
    const shared = tensors.get(embedding)!;
    tensors.delete(head);
    const named = writeSafetensors(tensors, { metadata: { format: 'pt', [head]: embedding } });
    const untied = await readCheckpoint(folderOf('llama', { 'model.safetensors': named }));
    expectSame(await untied.tensors.get(head)!.read(), shared.data);
    expect(untied.notes).toEqual([]);

    tensors.set(head, shared);
    tensors.delete(embedding);
    const other = writeSafetensors(tensors, { metadata: { [embedding]: head } });
    const back = await readCheckpoint(folderOf('llama', { 'model.safetensors': other }));
    expectSame(await back.tensors.get(embedding)!.read(), shared.data);
  });

  it('may be of the bare model, saved without a head', async () => {
    const folder = withWeights('qwen3', (tensors) => {
      for (const [name, tensor] of [...tensors]) {
        tensors.delete(name);
        tensors.set(name.replace(/^model\./, ''), tensor);
      }
    });
    const { tensors, notes } = await readCheckpoint(folder);
    for (const [name, { data }] of storedTensors('qwen3')) {
      expectSame(await tensors.get(name)!.read(), data);
    }
    expect(notes).toEqual([]);
  });

  it('notes a second copy of a shared matrix', async () => {
    const folder = withWeights('qwen3', (tensors) => {
      tensors.set('lm_head.weight', tensors.get('model.embed_tokens.weight')!);
      tensors.set('model.rotary_emb.inv_freq', { shape: [1], data: Float32Array.of(1) });
    });
    expect((await readCheckpoint(folder)).notes).toEqual([
      '1 buffers of the file are computed instead: model.rotary_emb.inv_freq.',
      'lm_head.weight is not used: this model shares its embedding with its head.',
    ]);
  });

  it('reads its tensors from the folder when they are asked for', async () => {
    const contents = new Map([
      ['config.json', goldenBytes('llama/config.json')],
      ['model.safetensors.index.json', json({ weight_map })],
      [file(0), shards[0]!],
      [file(1), shards[1]!],
    ]);
    let bytes = 0;
    const folder: ModelFiles = Object.assign(memoryFolder(contents), {
      range: async (name: string, from: number, to: number) => {
        bytes += to - from;
        return contents.get(name)!.slice(from, to);
      },
      size: async (name: string) => contents.get(name)?.length,
    });
    const { tensors } = await readCheckpoint(folder);
    expect(bytes).toBeLessThan(20_000); // the headers; the weights are 262,000
    for (const [key, { data }] of storedTensors('llama')) {
      expectSame(await tensors.get(key)!.read(), data);
    }
  });

  it('notes the tensors it does not use', async () => {
    const extra = { shape: [1], data: Float32Array.of(1) };
    const folder = withWeights('llama', (tensors) => {
      for (const name of ['a', 'b', 'c', 'd']) tensors.set(name, extra);
    });
    const { notes } = await readCheckpoint(folder);
    expect(notes).toEqual(['4 tensors of the file are not used: a, b, c, ....']);
  });

  const bad: [string, ModelFiles, RegExp][] = [
    ['no configuration', memoryFolder(new Map()), /config.json is missing/],
    ['no weights', folderOf('llama', {}), /model.safetensors is missing/],
    [
      'a missing tensor',
      withWeights('llama', (tensors) => tensors.delete('lm_head.weight')),
      /"lm_head.weight" of shape \[96,48\] is missing/,
    ],
    [
      'a misshapen tensor',
      withWeights('llama', (tensors) => {
        tensors.set('model.norm.weight', { shape: [47], data: new Float32Array(47) });
      }),
      /"model.norm.weight" has shape \[47\], expected \[48\]/,
    ],
    [
      'a transposed tensor',
      withWeights('llama', (tensors) => {
        const name = 'model.layers.1.mlp.up_proj.weight';
        tensors.set(name, { shape: [48, 80], data: tensors.get(name)!.data });
      }),
      /has shape \[48,80\], expected \[80,48\]/,
    ],
    [
      'a tied model with neither name',
      withWeights('qwen3', (tensors) => tensors.delete('model.embed_tokens.weight')),
      /"model.embed_tokens.weight" of shape \[\d+,\d+\] is missing/,
    ],
    ['a quantized tensor', withDtype('llama', 'I32'), /is I32; weights must be F32, F16, BF16/],
    [
      'an adapter',
      memoryFolder(new Map([['adapter_config.json', json({ base_model_name_or_path: 'a/b' })]])),
      /This folder is a LoRA adapter of "a\/b", not a model/,
    ],
    [
      'a model with an adapter',
      folderOf('llama', { 'adapter_config.json': json({}) }),
      /This model folder carries a LoRA adapter/,
    ],
    [
      'a truncated file',
      folderOf('llama', {
        'model.safetensors': goldenBytes('llama/model.safetensors').subarray(0, 9999),
      }),
      /model.safetensors: tensor .* claims bytes/,
    ],
  ];

  it.each(bad)('is refused: %s', async (_, files, message) => {
    const attempt = readCheckpoint(files);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });

  it('reads its tokenizer once, and only one that fits', async () => {
    const tokenizer = await nodeFolder(new URL('../tokenizer', goldenPath('.')).pathname);
    const model = await nodeFolder(goldenPath('llama').pathname);
    let reads = 0;
    const files: ModelFiles = (name) => {
      if (name === 'tokenizer.json') reads++;
      return /token|generation/.test(name) ? tokenizer(name) : model(name);
    };
    const checkpoint = await readCheckpoint(files);
    const [first, second] = await Promise.all([checkpoint.tokenizer(), checkpoint.tokenizer()]);
    expect(first).toBe(second);
    expect(first.endTokens).toEqual([1, 2]);
    expect(reads).toBe(1);

    const foreignEnd: ModelFiles = async (name) =>
      name === 'generation_config.json' ? json({ eos_token_id: 200 }) : files(name);
    await expect((await readCheckpoint(foreignEnd)).tokenizer()).rejects.toThrow(
      /end token 200 is outside the model's vocabulary of 96/,
    );
  });
});

describe('a folder on disk', () => {
  it('must be one', async () => {
    await expect(nodeFolder('/nowhere/at/all')).rejects.toThrow(/is not a folder/);
    await expect(nodeFolder(goldenPath('llama/config.json').pathname)).rejects.toThrow(InputError);
  });

  it('says what cannot be read', async () => {
    const folder = await nodeFolder(goldenPath('.').pathname);
    expect(await folder('absent.json')).toBeUndefined();
    await expect(folder('llama')).rejects.toThrow(/llama cannot be read/);
  });
});
