// `lab forward` against PyTorch's logits, and against itself.
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { expectClose } from '../../../support/compare.ts';
import {
  forwardInput,
  GOLDEN_MODELS,
  goldenFolder,
  goldenOf,
  jsonFile,
  temporaryFolder,
  tensorsOf,
  triePrefixes,
} from '../../../support/golden-jobs.ts';
import { result } from '../run.ts';

interface Printed {
  tries: { prefixes: number[][] }[];
}

async function forward(input: unknown, model: string, ...more: string[]) {
  const out = join(await temporaryFolder(), 'logits.safetensors');
  const line = ['forward', '--model', model, '--input', await jsonFile(input), '--out', out];
  const printed = await result<Printed>([...line, ...more]);
  return { printed, tensors: await tensorsOf(out) };
}

const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((max, x, i) => Math.max(max, Math.abs(x - b[i]!)), 0);

test.each(GOLDEN_MODELS)('%s gives the golden logits', async (name) => {
  const folder = goldenFolder(name);
  const logits = await tensorsOf(join(folder, 'logits.safetensors'));
  for (const [variant, ...more] of [['base'], ['adapter', '--adapter', join(folder, 'adapter')]]) {
    const { printed, tensors } = await forward(forwardInput(name), folder, ...more);
    for (const i of goldenOf(name).sequences.keys()) {
      const { shape, values } = tensors.get(`sequence.${i}.logits`)!;
      const expected = logits.get(`${variant}.${i}`)!;
      expect(shape).toEqual(expected.shape);
      expect(worst(values, expected.values)).toBeLessThanOrEqual(2e-4);
    }
    const tries = goldenOf(name).trie ? [{ prefixes: triePrefixes(name) }] : [];
    expect(printed).toEqual({ tries });
    if (tries.length === 0) continue;
    const expected = (await tensorsOf(join(folder, 'trie_logits.safetensors'))).get(variant!)!;
    const { shape, values } = tensors.get('trie.0.logits')!;
    expect(shape).toEqual(expected.shape);
    expect(worst(values, expected.values)).toBeLessThanOrEqual(2e-4);
  }
});

test('prefixes come depth first, by first appearance, each once', async () => {
  const paths = [[1], [1, 2], [3, 0], [1, 0], [1, 2], [3, 0, 1]];
  const tries = [
    { prompt: [5], paths },
    { prompt: [5, 6], paths: [] },
  ];
  const { printed, tensors } = await forward({ tries }, goldenFolder('llama'));
  expect(printed.tries).toEqual([
    { prefixes: [[], [1], [1, 2], [1, 0], [3], [3, 0], [3, 0, 1]] },
    { prefixes: [[]] },
  ]);
  expect(tensors.get('trie.0.logits')!.shape).toEqual([7, 96]);
  expect(tensors.get('trie.1.logits')!.shape).toEqual([1, 96]);
});

test('a trie too large for one pass has the logits of its paths', async () => {
  const prompt = [7, 8, 9];
  const paths = Array.from({ length: 200 }, (_, i) => [i % 3, i % 7, i % 11, i % 13, i % 2]);
  const input = {
    sequences: paths.map((path) => [...prompt, ...path]),
    tries: [{ prompt, paths }],
  };
  const { printed, tensors } = await forward(input, goldenFolder('llama'));
  const { prefixes } = printed.tries[0]!;
  expect(prefixes.length).toBeGreaterThan(300);
  const trie = tensors.get('trie.0.logits')!.values;
  const rows = new Map(prefixes.map((prefix, row) => [String(prefix), row]));
  const row = (values: Float32Array, i: number) => values.subarray(i * 96, (i + 1) * 96);
  for (const [i, path] of paths.entries()) {
    const sequence = tensors.get(`sequence.${i}.logits`)!.values;
    for (let length = 0; length <= path.length; length++) {
      const node = rows.get(String(path.slice(0, length)))!;
      const position = prompt.length - 1 + length;
      expectClose(row(trie, node), row(sequence, position), 1e-5, `${i}, ${length}`);
    }
  }
});

test('nothing to run is fine, and nothing but the result is printed on any backend', async () => {
  const printing = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
  for (const backend of ['cpu', 'wasm']) {
    const more = ['--backend', backend];
    const { printed, tensors } = await forward({ sequences: [] }, goldenFolder('llama'), ...more);
    expect(printed).toEqual({ tries: [] });
    expect(tensors.size).toBe(0);
  }
  for (const spy of printing) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});
