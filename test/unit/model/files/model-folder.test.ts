import { describe, expect, it } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { weightShapes } from '../../../../src/model/decoder-spec.ts';
import { memoryFolder, type ModelFiles } from '../../../../src/model/model-files.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { readSafetensors } from '../../../../src/model/safetensors.ts';
import { writeSafetensors, type TensorToWrite } from '../../../../src/model/safetensors-writer.ts';
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

describe('a checkpoint', () => {
  it.each(MODELS)('is read from the folder of %s', async (name) => {
    const folder = await nodeFolder(goldenPath(name).pathname);
    const { spec, tensors, notes, config } = await readCheckpoint(folder);
    const shapes = [...tensors].map(([key, { shape }]) => [key, shape]);
    expect(Object.fromEntries(shapes)).toEqual(Object.fromEntries(weightShapes(spec)));
    expect(notes).toEqual([]);
    expect(config).toMatchObject({ model_type: spec.family });
    for (const [key, { data }] of storedTensors(name))
      expect(tensors.get(key)!.read()).toEqual(data);
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
      expect(tensors.get(key)!.read()).toEqual(data);
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
    expect(tensors.get(embedding)!.read()).toEqual(storedTensors('qwen3').get(embedding)!.data);
    expect(notes).toEqual([]);
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
