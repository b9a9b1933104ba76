// Real GGUF files, straight from the file: the figures that transformers computes on the dequantised weights.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REAL_FILES, whyAbsent } from '../../support/real-files.ts';
import { lab } from './run.ts';

/** Probability of a valid answer to Beta(2, 5) with two decimals. */
test.each([
  ['SmolLM2-135M-Instruct, Q4_1', REAL_FILES.smollm2, 3.8471e-5],
  ['Gemma 3 270M, Q4_K_M', REAL_FILES.gemma3, 1.06985e-8],
])('%s', async (_, path, validMass) => {
  if (!existsSync(path)) return console.log(whyAbsent(path));
  const params = ['--family', 'beta', '--params', 'alpha=2,beta=5'];
  const { status, output } = await lab(['exact', ...params, '--model', path]);
  expect(status).toBe(0);
  const { valid_mass } = JSON.parse(output) as { valid_mass: number };
  expect(Math.abs(valid_mass / validMass - 1)).toBeLessThan(1e-3);
});
