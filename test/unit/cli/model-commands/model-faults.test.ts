// Faults of models and adapters that were found in use, as the commands show them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../../src/model/files/safetensors.ts';
import { jsonFile, temporaryFolder } from '../../../support/golden-jobs.ts';
import { lab } from '../run.ts';

const at = (name: string) => new URL(`../../../golden/faults/${name}`, import.meta.url).pathname;
const BERNOULLI = ['--family', 'bernoulli', '--params', 'p=0.3'];

async function kl(folder: string, ...options: string[]): Promise<number> {
  const { status, output, errors } = await lab([
    ...['exact', ...BERNOULLI, '--model', at(folder), ...options],
  ]);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  return (JSON.parse(output) as { kl: number }).kl;
}

describe('M2: a date in the prompt', () => {
  test('is that of the study, so figures do not change overnight', async () => {
    const usual = await kl('date-in-prompt/model');
    expect(await kl('date-in-prompt/model', '--date', '2024-07-26')).toBe(usual);
    expect(await kl('date-in-prompt/model', '--date', '2026-11-29')).not.toBe(usual);
  });

  test.each(['2024-02-30', 'today', '26 Jul 2024'])('%j is refused', async (date) => {
    const { status, errors } = await lab([
      ...['exact', ...BERNOULLI, '--model', at('date-in-prompt/model'), '--date', date],
    ]);
    expect(errors).toMatch(/^error: --date is .+; .*YYYY-MM-DD.*\n$/);
    expect(status).toBe(2);
  });
});

test('M3: tools are None', async () => {
  expect(await kl('tools-undefined/model-is-not-none')).toBeCloseTo(8.6515, 4);
});

test('M5: an adapter counts by its weights, however it began', async () => {
  const folder = at('orthogonal-refused');
  const expected = JSON.parse(await readFile(`${folder}/expected.json`, 'utf8')) as {
    sequences: number[][];
    logits: number[][];
  };
  const out = join(await temporaryFolder(), 'out.safetensors');
  const { status, errors } = await lab([
    ...['forward', '--model', `${folder}/model`, '--adapter', `${folder}/adapter`],
    ...['--input', await jsonFile({ sequences: expected.sequences }), '--out', out],
  ]);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  const [logits] = [...readSafetensors(await readFile(out), out).tensors.values()];
  const right = expected.logits.flat();
  const worst = Math.max(...logits!.read().map((value, i) => Math.abs(value - right[i]!)));
  expect(worst).toBeLessThan(2e-5);
});
