// A real model, the 260k-parameter TinyStories llama: its logits and its story, here and in the terminal.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { nodeFolder } from '../../../cli/model-folder.ts';
import { generateGreedy } from '../../../src/model/decoder/generate.ts';
import { loadLanguageModel } from '../../../src/model/language-model.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import { readSafetensors } from '../../../src/model/files/safetensors.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { result } from '../cli/run.ts';

const FOLDER = join(process.env['LAB_REAL_DIR'] ?? '../shared/real', 'stories260k-hf');
const present = existsSync(join(FOLDER, 'reference_logits.json'));
if (!present) console.warn(`skipped: ${FOLDER} is absent (set LAB_REAL_DIR to real weights)`);

/** A float64 forward pass of the same weights, and what the original C program writes. */
interface Reference {
  input_ids: number[];
  logits: number[][];
  greedy_from_bos: number[];
  greedy_from_prompt: number[];
  run_c_golden_text: string;
}

describe.skipIf(!present)('stories260k', () => {
  let model: LanguageModel;
  let reference: Reference;
  let directory: string;

  beforeAll(async () => {
    await startNodeBackend('wasm');
    model = await loadLanguageModel(await nodeFolder(FOLDER));
    reference = JSON.parse(await readFile(join(FOLDER, 'reference_logits.json'), 'utf8'));
    directory = await mkdtemp(join(tmpdir(), 'lab-'));
  });
  afterAll(async () => {
    model.decoder.dispose();
    await rm(directory, { recursive: true });
  });

  test('writes its story greedily, from several prompts at once', async () => {
    const { greedy_from_bos: bos, greedy_from_prompt: prompted } = reference;
    const given = model.tokenizer.promptTokens('Once upon a time');
    expect(prompted.slice(0, given.length)).toEqual(given);
    const options = { maxTokens: prompted.length - given.length, endTokens: [] };
    const before = tf.memory().numTensors;
    const [fromPrompt, fromBos] = await generateGreedy(model.decoder, [given, bos.slice(0, 1)], {
      ...options,
    });
    expect(fromPrompt).toEqual(prompted.slice(given.length));
    expect(fromBos).toEqual(bos.slice(1, options.maxTokens + 1));
    const text = model.tokenizer.decode([...given, ...fromPrompt!]);
    expect(text.trim()).toBe(reference.run_c_golden_text.trim());
    expect(tf.memory().numTensors).toBe(before);
  });

  test('stops at an end token and leaves it out', async () => {
    const prompt = reference.greedy_from_bos.slice(0, 1);
    const [first, second] = reference.greedy_from_bos.slice(1);
    const options = { maxTokens: 5, endTokens: [second!] };
    expect(await generateGreedy(model.decoder, [prompt], options)).toEqual([[first]]);
  });

  test('lab forward gives its logits', async () => {
    const input = join(directory, 'input.json');
    const out = join(directory, 'logits.safetensors');
    await writeFile(input, JSON.stringify({ sequences: [reference.input_ids] }));
    await result(['forward', '--model', FOLDER, '--input', input, '--out', out]);
    const logits = readSafetensors(await readFile(out), out)
      .tensors.get('sequence.0.logits')!
      .read();
    const expected = reference.logits.flat();
    expect(logits).toHaveLength(expected.length);
    const worst = logits.reduce((max, x, i) => Math.max(max, Math.abs(x - expected[i]!)), 0);
    console.log(`${expected.length} logits, worst difference ${worst}`);
    expect(worst).toBeLessThanOrEqual(2e-4);
  });
});
