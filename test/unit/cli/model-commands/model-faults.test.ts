// Faults of models and adapters that were found in use, as the commands show them.
import { describe, expect, test } from 'vitest';
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

  test.each(['2024-02-30', 'today', '26 Jul 2024', ''])('%j is refused', async (date) => {
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
