import { describe, expect, it } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { narrowToBf16 } from '../../../../src/model/files/float-formats.ts';
import { mergedFolder, mergedWeights, type OutgoingFile } from '../../../../src/model/merge.ts';
import { memoryFolder, type ModelFiles } from '../../../../src/model/files/model-files.ts';
import { readCheckpoint, type ModelCheckpoint } from '../../../../src/model/model-folder.ts';
import { readAdapter, shapeOf } from '../../../../src/model/adapter/peft.ts';
import { readSafetensors } from '../../../../src/model/files/safetensors.ts';
import { layOutTensors } from '../../../../src/model/files/safetensors-writer.ts';
import { MODELS, goldenBytes, goldenPath } from './golden-models.ts';

async function written(file: OutgoingFile): Promise<Uint8Array> {
  const chunks = [];
  for await (const chunk of file.chunks()) chunks.push(chunk.slice());
  const bytes = new Uint8Array(Buffer.concat(chunks));
  expect(bytes).toHaveLength(file.size);
  return bytes;
}

const folder = (path: string) => nodeFolder(goldenPath(path).pathname);

async function opened(name: string) {
  const checkpoint = await readCheckpoint(await folder(name));
  const adapter = await readAdapter(await folder(`${name}/adapter`), checkpoint.spec);
  return { checkpoint, adapter };
}

describe.each(MODELS)('the merged weights of %s', (name) => {
  it('are W + scaling B A, and all else as it was', async () => {
    const { checkpoint, adapter } = await opened(name);
    const before = readSafetensors(goldenBytes(`${name}/model.safetensors`), name);
    const after = readSafetensors(await written(mergedWeights(checkpoint, adapter)), 'merged');
    expect([...after.tensors.keys()]).toEqual([...before.tensors.keys()]);
    expect(after.metadata).toEqual(before.metadata);
    let changed = 0;
    for (const [key, tensor] of after.tensors) {
      const old = before.tensors.get(key)!;
      expect(tensor).toMatchObject({ dtype: old.dtype, shape: old.shape });
      const path = key.replace(/^h\./, 'transformer.h.').replace(/\.weight$/, '');
      const pair = key.endsWith('.weight') ? adapter.tensors.get(path) : undefined;
      if (pair === undefined) {
        expect(Buffer.compare(tensor.bytes(), old.bytes())).toBe(0);
        continue;
      }
      changed++;
      const columns = tensor.shape[1]!;
      const { rank, scaling } = shapeOf(adapter, pair);
      const inputs = pair.a.length / rank;
      const exact = old.read().map((weight, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        const [output, input] = checkpoint.spec.transposedLinears ? [column, row] : [row, column];
        let sum = 0;
        for (let r = 0; r < rank; r++) {
          sum += pair.b[output * rank + r]! * pair.a[r * inputs + input]!;
        }
        return weight + scaling * sum;
      });
      if (tensor.dtype === 'BF16') {
        expect(tensor.bits()).toEqual(narrowToBf16(exact));
        continue;
      }
      const worst = tensor
        .read()
        .reduce((max, x, i) => Math.max(max, Math.abs(x / exact[i]! - 1)), 0);
      expect(worst).toBeLessThanOrEqual(1.2e-7);
    }
    expect(changed).toBe(adapter.tensors.size);
  });

  it('are the same in small pieces', async () => {
    const { checkpoint, adapter } = await opened(name);
    const pieces = await written(mergedWeights(checkpoint, adapter, 100));
    expect(Buffer.compare(pieces, await written(mergedWeights(checkpoint, adapter)))).toBe(0);
  });
});

describe('a merged folder', () => {
  it('has the configuration, the tokenizer, and the weights last', async () => {
    const contents = new Map([
      ['config.json', goldenBytes('llama/config.json')],
      ['model.safetensors', goldenBytes('llama/model.safetensors')],
      ['tokenizer.json', Uint8Array.of(1, 2)],
      ['chat_template.jinja', Uint8Array.of(3)],
      ['README.md', Uint8Array.of(4)],
    ]);
    const files: ModelFiles = memoryFolder(contents);
    const checkpoint = await readCheckpoint(files);
    const adapter = await readAdapter(await folder('llama/adapter'), checkpoint.spec);
    const names = [];
    for await (const file of mergedFolder(files, checkpoint, adapter)) {
      const bytes = await written(file);
      names.push(file.name);
      const copied = file.name === 'model.safetensors' ? undefined : contents.get(file.name)!;
      if (copied) expect(Buffer.compare(bytes, copied)).toBe(0);
    }
    expect(names).toEqual([
      'config.json',
      'tokenizer.json',
      'chat_template.jinja',
      'model.safetensors',
    ]);
  });

  /** Written by safetensors 0.8 for Python: nine tensors of nine types. */
  const mixed =
    'EAIAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJpIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMCw4XX0sImQiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls4LDE2XX0sImEiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlsxNiwyMF19LCJiIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMjAsMjhdfSwiaiI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzI4LDMyXX0sInoiOnsiZHR5cGUiOiJCRjE2Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMzIsMzhdfSwiaCI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzM4LDQyXX0sInUiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzQyLDQ1XX0sImJvb2wiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbNDUsNDZdfX0HAAAAAAAAAAAAAAAAAPA/AABAQAAAgD8AAABABQAAAMA/AMBAQAA+AMABAgMB';

  it('lays out tensors of several types as the reference library does', async () => {
    const bytes = new Uint8Array(Buffer.from(mixed, 'base64'));
    const stored = readSafetensors(bytes, 'mixed');
    const shuffled = new Map([...stored.tensors].sort(([a], [b]) => (a < b ? -1 : 1)));
    const { header } = layOutTensors(shuffled, stored.metadata);
    expect(Buffer.compare(header, bytes.subarray(0, header.length))).toBe(0);

    const { checkpoint, adapter } = await opened('llama');
    const nothing: ModelCheckpoint = { ...checkpoint, stored, storedAs: new Map() };
    expect(await written(mergedWeights(nothing, adapter))).toEqual(bytes);
  });
});
