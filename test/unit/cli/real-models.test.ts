// Real GGUF files, straight from the file: the figures that transformers computes on the dequantised weights.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { nodeFolder } from '../../../cli/model-folder.ts';
import { REAL_FILES, whyAbsent } from '../../../scripts/real-model-files.mjs';
import { askHere } from '../../../src/evaluation/decoder-calls.ts';
import { distributionPrompt } from '../../../src/lab/plan/study-prompt.ts';
import { scoreTask } from '../../../src/lab/study/study-scoring.ts';
import { TaskMaker } from '../../../src/lab/study/study-tasks.ts';
import { loadLanguageModel } from '../../../src/model/language-model.ts';
import { lab } from './run.ts';

/**
 * Of Beta(2, 5) in two decimals: tokens of the prompt with what is put around it, the probability of a valid answer,
 * and log-probabilities of answers with their end.
 */
const MODELS = [
  {
    ...{ name: 'SmolLM2-135M-Instruct, Q4_1', path: REAL_FILES.smollm2 },
    ...{ promptTokens: 58, validMass: 3.8471e-5 },
    answers: { '0.20': -12.83152, '0.50': -12.72073 },
  },
  {
    ...{ name: 'Gemma 3 270M, Q4_K_M', path: REAL_FILES.gemma3 },
    ...{ promptTokens: 29, validMass: 1.06985e-8 },
    answers: { '0.20': -22.33006, '0.50': -23.01673 },
  },
];
const PARAMS = { alpha: 2, beta: 5 };

/** Megabytes that opening a model may take beyond its weights: what is read at once, and its vocabulary. */
const BESIDE_WEIGHTS = 150;

describe.each(MODELS)('$name', ({ path, promptTokens, validMass, answers }) => {
  test('is scored exactly', async () => {
    if (!existsSync(path)) return console.log(whyAbsent(path));
    const params = ['--family', 'beta', '--params', 'alpha=2,beta=5'];
    const { status, output } = await lab(['exact', ...params, '--model', path]);
    expect(status).toBe(0);
    const { valid_mass } = JSON.parse(output) as { valid_mass: number };
    expect(Math.abs(valid_mass / validMass - 1)).toBeLessThan(1e-3);
  });

  test('reads its prompt and gives its answers what transformers does', async () => {
    if (!existsSync(path)) return console.log(whyAbsent(path));
    await startNodeBackend('wasm');
    const { decoder, tokenizer } = await loadLanguageModel(await nodeFolder(path));
    const tasks = new TaskMaker(tokenizer, { decimals: 2, bins: 1001 });
    const task = tasks.make(distributionPrompt('beta', PARAMS));
    expect(task.tokens).toHaveLength(promptTokens);
    const { probabilities } = await scoreTask(askHere(decoder), task, 0, {});
    for (const [answer, logProbability] of Object.entries(answers)) {
      const found = probabilities[task.space.values.indexOf(answer)]!;
      expect(Math.abs(found / Math.exp(logProbability) - 1), answer).toBeLessThan(1e-3);
    }
    decoder.dispose();
  });

  test('is opened without a second copy of it', async () => {
    if (!existsSync(path)) return console.log(whyAbsent(path));
    const bench = ['--import', 'tsx', 'bench/open-model.ts', path];
    const { stdout } = await promisify(execFile)(process.execPath, bench);
    const { weights, above } = JSON.parse(stdout) as { weights: number; above: number };
    console.log(`opening takes ${Math.round(above)} MB, ${Math.round(weights)} of them weights`);
    expect(above).toBeLessThan(weights + BESIDE_WEIGHTS);
  });
});
