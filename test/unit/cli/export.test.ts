// An exported folder: what its lines say, against the core's own tries, and what is refused.
import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { openModel } from '../../../cli/open-model.ts';
import { resolveExperiment } from '../../../src/lab/experiment/experiment.ts';
import { exportStudy } from '../../../src/lab/export/export-study.ts';
import { writtenLines } from '../../../src/lab/export/text-file.ts';
import { lab, result } from './run.ts';

interface Row {
  readonly step: number;
  readonly prompt: number;
  readonly count: number;
  readonly input_ids: number[];
  readonly completion: number;
  readonly target_ids?: number[][];
  readonly target_probabilities?: number[][];
}

const [STEPS, BATCH, PATHS] = [2, 2, 5];
const CONFIG = {
  data: { families: ['beta', 'poisson', 'gaussian'], prompts_per_family: 2, decimals: 1, bins: 11 },
  arms: [
    { method: 'none' },
    { method: 'soft', paths: PATHS },
    { method: 'hard', answers: PATHS },
    { name: 'whole', method: 'soft', paths: 'trie' },
    { method: 'exact', objective: 'tv', paths: PATHS },
    { name: 'held', method: 'soft', paths: 1, anchor: { prompts: ['2+2='], batch: 1, answers: 3 } },
  ],
  training: { steps: STEPS, batch: BATCH },
};

let out: string;
beforeAll(async () => {
  out = join(await mkdtemp(join(tmpdir(), 'export-')), 'folder');
  await result(['export', '--config', JSON.stringify(CONFIG), '--out', out]);
});

const linesOf = async <Line>(name: string) =>
  (await readFile(join(out, name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

interface Prompt {
  readonly input_ids: number[];
  readonly probabilities: number[];
  readonly answer_ids: number[][];
}

test('soft rows carry, at every step, the exact distribution of the next token', async () => {
  const prompts = await linesOf<Prompt>('data/train.jsonl');
  const rows = await linesOf<Row>('data/arms/soft.jsonl');
  for (const { prompt, input_ids, completion, target_ids, target_probabilities } of rows) {
    const { answer_ids, probabilities, input_ids: asked } = prompts[prompt]!;
    expect(input_ids.slice(0, -completion)).toEqual(asked);
    const path = input_ids.slice(-completion);
    path.forEach((_, step) => {
      // The mass of answers that begin like this one, by their next token: no trie is asked.
      const next = new Map<number, number>();
      answer_ids.forEach((ids, answer) => {
        if (path.slice(0, step).some((token, i) => ids[i] !== token)) return;
        next.set(ids[step]!, (next.get(ids[step]!) ?? 0) + probabilities[answer]!);
      });
      const mass = [...next.values()].reduce((a, b) => a + b, 0);
      const found = target_ids![step]!.flatMap((token, k) => {
        const p = target_probabilities![step]![k]!;
        return p > 0 ? [[token, p] as const] : [];
      });
      expect(found.map(([token]) => token)).toEqual([...next.keys()]);
      for (const [token, p] of found) expect(p).toBeCloseTo(next.get(token)! / mass, 6);
    });
    expect(new Set(target_ids!.map(({ length }) => length)).size).toBe(1);
  }
});

test('soft and hard arms learn from the same answers, as many in every step', async () => {
  const soft = await linesOf<Row>('data/arms/soft.jsonl');
  const hard = await linesOf<Row>('data/arms/hard.jsonl');
  const bare = ({ target_ids: _, target_probabilities: __, ...row }: Row) => row;
  expect(soft.map(bare)).toEqual(hard);
  for (let step = 0; step < STEPS; step++) {
    const drawn = soft.filter((row) => row.step === step);
    expect(drawn.reduce((sum, { count }) => sum + count, 0)).toBe(BATCH * PATHS);
  }
});

test('an anchor’s rows are whole answers: counts come to the answers that were sampled', async () => {
  const rows = await linesOf<Row & { steps: number[] }>('data/anchors/held.jsonl');
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBeCloseTo(3, 9);
  for (const { steps, target_probabilities } of rows) {
    expect(steps).toEqual([0, 1]);
    for (const p of target_probabilities!) expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  }
});

test('the plan names every file of data, and every arm has losses to be checked by', async () => {
  const plan = await readFile(join(out, 'plan.json'), 'utf8');
  const data = await readdir(join(out, 'data'), { recursive: true, withFileTypes: true });
  for (const file of data.filter((entry) => entry.isFile())) expect(plan).toContain(file.name);
  const { losses, exact } = JSON.parse(await readFile(join(out, 'expected.json'), 'utf8')) as {
    losses: Record<string, number[]>;
    exact: { valid_mass: number }[];
  };
  expect(Object.keys(losses)).toEqual(['soft', 'hard', 'whole', 'exact', 'held']);
  for (const arm of Object.values(losses)) expect(arm).toHaveLength(STEPS);
  expect(exact.length).toBeGreaterThan(3);
});

test('a model is exported from its description; an anchor asks for its weights', async () => {
  const model = await mkdtemp(join(tmpdir(), 'described-'));
  const builtin = 'public/models/builtin';
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    await writeFile(join(model, name), await readFile(join(builtin, name)));
  }
  const to = await mkdtemp(join(tmpdir(), 'export-'));
  const config = { ...CONFIG, model, arms: CONFIG.arms.slice(0, 2) };
  await result(['export', '--config', JSON.stringify(config), '--out', to]);
  expect((await readdir(join(to, 'check'))).sort()).toEqual([
    ...['data', 'first-adapter', 'model', 'plan.json'],
  ]);
  const anchored = { ...config, arms: CONFIG.arms.slice(-1) };
  const other = join(to, 'other');
  const { status, errors } = await lab([
    ...['export', '--config', JSON.stringify(anchored), '--out', other],
  ]);
  expect(status).toBe(2);
  expect(errors).toMatch(/model\.safetensors/);
});

test('the weights are loaded once, however many arms have an anchor', async () => {
  await startNodeBackend('wasm');
  const builtin = await openModel('builtin');
  const { decoder, tokenizer } = builtin;
  const held = CONFIG.arms.at(-1)!;
  const arms = [0, 1].map((i) => ({ ...held, name: `held ${i}` }));
  const model = vi.fn(() => Promise.resolve(builtin));
  const described = { spec: decoder.spec, tokenizer: () => Promise.resolve(tokenizer) };
  const sources = { described, model, builtin, builtinFiles: new Map() };
  const anchors = new Set<string>();
  const experiment = resolveExperiment({ ...CONFIG, model: 'own', arms });
  for await (const { name } of exportStudy(experiment, sources)) {
    if (name === 'plan.json') break;
    if (name.startsWith('data/anchors/')) anchors.add(name);
  }
  decoder.dispose();
  expect([...anchors]).toEqual(['data/anchors/held 0.jsonl', 'data/anchors/held 1.jsonl']);
  expect(model).toHaveBeenCalledTimes(1);
});

test('a folder with something in it, and a browser’s backend, are refused', async () => {
  const full = await mkdtemp(join(tmpdir(), 'full-'));
  await mkdir(join(full, 'something'));
  for (const line of [
    ['--out', full],
    ['--out', join(full, 'new'), '--backend', 'webgpu'],
  ]) {
    expect((await lab(['export', '--config', '{}', ...line])).status).toBe(2);
  }
});

test('lines go on in another file when one is full', async () => {
  const files = new Map<string, string>();
  const pieces = writtenLines('data/x', [{ a: 1 }, { a: 2 }, { a: 3 }], 14);
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    const { name, content } = next.value;
    files.set(name, (files.get(name) ?? '') + String(content));
  }
  expect(next.value).toEqual(['data/x.jsonl', 'data/x-00001.jsonl']);
  expect([...files]).toEqual([
    ['data/x.jsonl', '{"a":1}\n{"a":2}\n'],
    ['data/x-00001.jsonl', '{"a":3}\n'],
  ]);
});

test('lines are made when they are asked for, so that few of them wait to be written', async () => {
  let [made, written, most] = [0, 0, 0];
  function* lines() {
    for (let i = 0; i < 5000; i++) {
      const line = { answer: i, text: 'x'.repeat(i % 200) };
      made += JSON.stringify(line).length + 1;
      yield line;
    }
  }
  for await (const { content } of writtenLines('data/x', lines())) {
    most = Math.max(most, made - written);
    written += content.length;
  }
  expect(written).toBe(made);
  // Of 600 kB: a piece, and the line that filled it.
  expect(most).toBeLessThan(17_000);
});
