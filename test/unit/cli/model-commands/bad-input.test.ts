// What the model commands refuse: with status 2 and one line that says what is wrong and what to do.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  goldenFolder,
  jsonFile,
  modelCopy,
  temporaryFolder,
} from '../../../support/golden-jobs.ts';
import { lab } from '../run.ts';

const LLAMA = goldenFolder('llama');
const EXAMPLE = {
  prompt: [1],
  completion: [3, 2],
  targets: [
    { tokens: [3, 4], probabilities: [0.5, 0.5] },
    { tokens: [2], probabilities: [1] },
  ],
};

async function refused(line: readonly string[], what: string | RegExp) {
  const { status, output, errors } = await lab(line);
  expect(errors).toMatch(what);
  expect(errors).toMatch(/^error: .+; .+\n$/);
  expect({ status, output }).toEqual({ status: 2, output: '' });
}

async function line(command: 'forward' | 'gradients', input: unknown, model = LLAMA) {
  const out = join(await temporaryFolder(), 'out.safetensors');
  const adapter = command === 'gradients' ? ['--adapter', join(model, 'adapter')] : [];
  return [command, '--model', model, ...adapter, '--input', await jsonFile(input), '--out', out];
}

test.each([
  [{}, 'the input'],
  [[], 'the input'],
  [null, 'the input is null'],
  [{ sequences: 1 }, 'sequences is 1'],
  [{ sequences: [[]] }, 'sequences.0 is []'],
  [{ sequences: [[1], [2, 96]] }, /sequences\.1\.1 is 96; .+ 0 to 95/],
  [{ sequences: [[-1]] }, 'sequences.0.0 is -1'],
  [{ sequences: [[1.5]] }, 'sequences.0.0 is 1.5'],
  [{ sequences: [['1']] }, 'sequences.0.0 is "1"'],
  [{ tries: [{ paths: [[1]] }] }, 'tries.0.prompt is missing'],
  [{ tries: [{ prompt: [], paths: [[1]] }] }, 'tries.0.prompt is []'],
  [{ tries: [{ prompt: [1], paths: [[]] }] }, 'tries.0.paths.0 is []'],
  [{ tries: [{ prompt: [1], paths: [[1], [96]] }] }, 'tries.0.paths.1.0 is 96'],
])('forward %j', async (input, what) => refused(await line('forward', input), what));

const soft = (change: object) => ({ method: 'soft', examples: [{ ...EXAMPLE, ...change }] });
const target = (change: object) =>
  soft({ targets: [{ ...EXAMPLE.targets[0], ...change }, EXAMPLE.targets[1]] });

test.each([
  [{ examples: [EXAMPLE] }, 'method is missing'],
  [{ method: 'warm', examples: [EXAMPLE] }, /method is "warm"; .*soft, hard/],
  [{ method: 'soft' }, 'examples is missing'],
  [{ method: 'soft', examples: [] }, 'examples is []'],
  [{ method: 'soft', tau: 0, examples: [EXAMPLE] }, 'tau is 0'],
  [{ method: 'soft', tau: -1, examples: [EXAMPLE] }, 'tau is -1'],
  [{ method: 'soft', tau: '1', examples: [EXAMPLE] }, 'tau is "1"'],
  [{ method: 'hard', tau: 2, examples: [EXAMPLE] }, 'tau is 2'],
  [soft({ prompt: [] }), 'examples.0.prompt is []'],
  [soft({ completion: [] }), 'examples.0.completion is []'],
  [soft({ completion: [3, 96] }), 'examples.0.completion.1 is 96'],
  [soft({ completion: [3] }), 'examples.0.targets'],
  [soft({ targets: undefined }), 'examples.0.targets is missing'],
  [target({ tokens: [3] }), 'examples.0.targets.0.probabilities'],
  [target({ tokens: [3, 3] }), 'examples.0.targets.0.tokens'],
  [target({ tokens: [3, 96] }), 'examples.0.targets.0.tokens.1 is 96'],
  [target({ tokens: [], probabilities: [] }), 'examples.0.targets.0.tokens is []'],
  [target({ probabilities: [0.5, 1.5] }), 'examples.0.targets.0.probabilities.1 is 1.5'],
  [target({ probabilities: [0.5, -0.1] }), 'examples.0.targets.0.probabilities.1 is -0.1'],
  [target({ probabilities: [0.5, null] }), 'examples.0.targets.0.probabilities.1 is null'],
])('gradients %j', async (input, what) => refused(await line('gradients', input), what));

test.each([
  [['forward', '--model', LLAMA], '--input is missing'],
  [['forward', '--model', LLAMA, '--out', 'x'], '--input is missing'],
  [['forward', '--model', LLAMA, '--out', 'x', '--input', 'no-such.json'], 'no-such.json'],
  [['gradients', '--model', LLAMA, '--out', 'x', '--input', 'y'], '--adapter is missing'],
  [
    ['exact', '--family', 'gaussian', '--params', 'mu=0,sigma=1', '--model', LLAMA],
    'tokenizer.json',
  ],
  [['exact', '--model', LLAMA], '--family is missing'],
])('%j', async (line, what) => refused(line, what));

test('exact wants a possible distribution, a real backend and a whole seed', async () => {
  const model = await modelCopy('qwen3');
  const ask = (params: string, ...more: string[]) => [
    'exact',
    '--model',
    model,
    '--family',
    'gaussian',
    '--params',
    params,
    ...more,
  ];
  await refused(ask('mu=0,sigma=0'), 'sigma');
  await refused(ask('mu=0'), 'sigma');
  await refused(ask('mu=0,sigma=1', '--bins', '1'), 'bins is 1');
  await refused(ask('mu=0,sigma=1', '--decimals', '13'), 'decimals is 13');
  await refused(ask('mu=0,sigma=1', '--backend', 'tpu'), '--backend is "tpu"');
  await refused(ask('mu=0,sigma=1', '--seed', '1.5'), '--seed is 1.5');
});

describe('damaged files', () => {
  const input = { sequences: [[1, 2]] };

  test.each([
    ['model.safetensors', (bytes: Buffer) => bytes.subarray(0, 1000)],
    ['model.safetensors', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    ['model.safetensors', () => Buffer.alloc(0)],
    ['config.json', (bytes: Buffer) => bytes.subarray(0, 100)],
    ['config.json', (bytes: Buffer) => replaced(bytes, '"llama"', '"mamba"')],
    ['config.json', (bytes: Buffer) => replaced(bytes, '"vocab_size": 96', '"vocab_size": 97')],
    ['adapter/adapter_config.json', (bytes: Buffer) => replaced(bytes, '"r": 4', '"r": 8')],
    ['adapter/adapter_config.json', () => Buffer.from('[]')],
    ['adapter/adapter_model.safetensors', (bytes: Buffer) => bytes.subarray(0, 5000)],
  ])('%s', async (name, damage) => {
    const model = await modelCopy('llama');
    const path = join(model, name);
    await writeFile(path, damage(await readFile(path)));
    const adapter = name.startsWith('adapter') ? ['--adapter', join(model, 'adapter')] : [];
    await refused([...(await line('forward', input, model)), ...adapter], /safetensors|config/);
  });

  test('an adapter of another model', async () => {
    const adapter = join(goldenFolder('qwen3'), 'adapter');
    await refused([...(await line('forward', input)), '--adapter', adapter], /shape .*expected/);
  });

  test('input that is not JSON', async () => {
    const path = await jsonFile({});
    await writeFile(path, '{"sequences":[[1,2');
    const out = join(await temporaryFolder(), 'out.safetensors');
    const words = ['forward', '--model', LLAMA, '--input', path, '--out', out];
    await refused(words, 'input.json is not JSON');
  });

  test('a place that cannot be written', async () => {
    const words = (await line('forward', input)).slice(0, -1);
    await refused([...words, 'no/such/folder/x.safetensors'], 'no/such/folder/x.safetensors');
  });
});

test('webgpu without a browser fails and says why', async () => {
  vi.doMock('../../../../scripts/chromium.mjs', () => ({ findChromium: () => undefined }));
  const words = [...(await line('forward', { sequences: [[1]] })), '--backend', 'webgpu'];
  const { status, errors } = await lab(words);
  expect(status).toBe(1);
  expect(errors).toMatch(/^error: webgpu needs Chrome or Chromium.+\n$/);
  vi.doUnmock('../../../../scripts/chromium.mjs');
});

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  const text = bytes.toString();
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to));
}
