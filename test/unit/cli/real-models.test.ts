// Real GGUF files, straight from the file: the figures that transformers computes on the dequantised weights.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { REAL_FILES, whyAbsent } from '../../../scripts/real-model-files.mjs';
import { lab } from './run.ts';

/** With the probability of a valid answer to Beta(2, 5) in two decimals. */
const MODELS = [
  { name: 'SmolLM2-135M-Instruct, Q4_1', path: REAL_FILES.smollm2, validMass: 3.8471e-5 },
  { name: 'Gemma 3 270M, Q4_K_M', path: REAL_FILES.gemma3, validMass: 1.06985e-8 },
];

/** Megabytes that opening a model may take beyond its weights: what is read at once, and its vocabulary. */
const BESIDE_WEIGHTS = 150;

describe.each(MODELS)('$name', ({ path, validMass }) => {
  test('is scored exactly', async () => {
    if (!existsSync(path)) return console.log(whyAbsent(path));
    const params = ['--family', 'beta', '--params', 'alpha=2,beta=5'];
    const { status, output } = await lab(['exact', ...params, '--model', path]);
    expect(status).toBe(0);
    const { valid_mass } = JSON.parse(output) as { valid_mass: number };
    expect(Math.abs(valid_mass / validMass - 1)).toBeLessThan(1e-3);
  });

  test('is opened without a second copy of it', async () => {
    if (!existsSync(path)) return console.log(whyAbsent(path));
    const bench = ['--import', 'tsx', 'bench/open-model.ts', path];
    const { stdout } = await promisify(execFile)(process.execPath, bench);
    const { weights, above } = JSON.parse(stdout) as { weights: number; above: number };
    expect(above).toBeLessThan(weights + BESIDE_WEIGHTS);
  });
});
