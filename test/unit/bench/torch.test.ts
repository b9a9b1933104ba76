// The benchmark beside PyTorch: what it needs, the rows it gives, and the step itself where PyTorch is installed.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configOfSize, type ModelConfig } from '../../../bench/model/sizes.ts';
import { torchRows } from '../../../bench/peers/torch/folder.ts';
import { decoderSpecFrom } from '../../../src/model/families/index.ts';
import { softBatch } from '../../../bench/workload/soft-batch.ts';
import { lab, result } from '../cli/run.ts';

const builtin = JSON.parse(
  await readFile(new URL('../../../public/models/builtin/config.json', import.meta.url), 'utf8'),
) as ModelConfig;
const python = process.env['LAB_PYTHON'] ?? 'python3';
const installed = spawnSync(python, ['-c', 'import torch, transformers, peft']).status === 0;
const tiny = [
  '--threads',
  '1,2',
  '--sizes',
  'tiny',
  '--prompts',
  '2',
  '--paths',
  '3',
  '--prompt-tokens',
  '10',
];
const short = [...tiny, '--steps', '1', '--warm-up', '1'];

test.each([
  [['--peers', 'torch,jax'], '--peers torch is measured by itself'],
  [['--peers', 'torch', '--only', 'train,memory'], '--peers torch is measured by itself'],
])('%j is bad input', async (options, message) => {
  const { status, errors } = await lab(['bench', ...options]);
  expect(status).toBe(2);
  expect(errors).toContain(message);
});

test('rows carry the weights of the merged batch', () => {
  const batch = { prompts: 2, promptTokens: 10, paths: 3 };
  const config = configOfSize('tiny', builtin);
  const rows = torchRows({ config, batch, seed: 1 });
  expect(rows).toHaveLength(6);
  for (const { answer, targets } of rows) {
    for (const [node] of targets) expect(node).toBeLessThanOrEqual(answer.length);
  }
  const total = rows.flatMap(({ targets }) => targets).reduce((sum, [, , w]) => sum + w, 0);
  const merged = softBatch(batch, decoderSpecFrom(config).vocabSize, 1);
  const weights = merged.examples.flatMap(({ supervision }) => [...supervision.weight]);
  expect(total).toBeCloseTo(weights.reduce((a, b) => a + b, 0) / merged.normalizer, 9);
});

test.runIf(installed)(
  'losses of steps and scores are those of PyTorch, in both procedures',
  async () => {
    const report = (await result(['bench', '--peers', 'torch', '--python', python, ...short])) as {
      peak_flops_per_second: number;
      rows: {
        part: string;
        share_of_peak: number;
        prompts: number;
        answers: number;
        threads: number;
        lab_s: number;
        peers: Record<string, number>;
        ratio: number;
        loss_difference: number;
      }[];
    };
    const works = [
      ...[1, 2].flatMap((prompts) => [1, 3].map((answers) => ['train', prompts, answers])),
      // The answers of Beta(2, 5) at two decimals that are likelier than the tails that are cut.
      ['score', 1, 81],
    ];
    const measured = report.rows.map(({ part, prompts, answers, threads }) => [
      ...[part, prompts, answers, threads],
    ]);
    expect(measured).toEqual(works.flatMap((work) => [1, 2].map((threads) => [...work, threads])));
    expect(report.peak_flops_per_second).toBeGreaterThan(1e9);
    for (const { lab_s, peers, ratio, loss_difference, share_of_peak } of report.rows) {
      expect(share_of_peak).toBeGreaterThan(0);
      expect(share_of_peak).toBeLessThan(1);
      expect(lab_s).toBeGreaterThan(0);
      expect(Object.keys(peers)).toEqual(['torch_rows_s', 'torch_shared_prompt_s']);
      expect(ratio).toBeGreaterThan(0);
      expect(loss_difference).toBeLessThan(1e-5);
    }
  },
  600_000,
);

test('a Python that cannot be run is named', async () => {
  const options = ['--peers', 'torch', '--python', '/no/such/python', ...short];
  const { status, errors } = await lab(['bench', ...options]);
  expect(errors).toContain('--python');
  expect(status).toBe(2);
});
