// The golden models' numbers as inputs and results of the lab's commands.
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { readSafetensors } from '../../src/model/files/safetensors.ts';
import type { TokenwiseInput } from '../../src/lab/jobs/training-examples.ts';
import type { Golden } from '../parity/golden-model.ts';
import { tinyTokenizer } from './tiny-tokenizer.ts';

export const GOLDEN_MODELS = ['qwen3', 'qwen3_bf16', 'llama', 'llama3_rope'] as const;
type Name = (typeof GOLDEN_MODELS)[number];

export const goldenFolder = (name: Name) =>
  fileURLToPath(new URL(`../golden/models/${name}`, import.meta.url));

export const goldenOf = (name: Name) =>
  JSON.parse(readFileSync(join(goldenFolder(name), 'golden.json'), 'utf8')) as Golden;

/** A folder for this test's files. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A copy of a golden model's folder, with the tokenizer that fits the vocabulary of qwen3. */
export async function modelCopy(name: Name): Promise<string> {
  const folder = await temporaryFolder();
  await cp(goldenFolder(name), folder, { recursive: true });
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tinyTokenizer));
  await writeFile(join(folder, 'tokenizer_config.json'), '{"eos_token":"</s>"}');
  return folder;
}

export async function jsonFile(value: unknown): Promise<string> {
  const path = join(await temporaryFolder(), 'input.json');
  await writeFile(path, JSON.stringify(value));
  return path;
}

/** Tensors of a file, by name. */
export async function tensorsOf(path: string) {
  const { tensors } = readSafetensors(await readFile(path), path);
  return new Map([...tensors].map(([name, t]) => [name, { shape: t.shape, values: t.read() }]));
}

/** The golden training batch as the input of `lab gradients`. */
export function trainingInput(name: Name, method: 'soft' | 'hard'): TokenwiseInput {
  const { examples } = goldenOf(name).training;
  return {
    method,
    examples: examples.map(({ prompt_ids, completion_ids, targets }) => ({
      prompt: prompt_ids,
      completion: completion_ids,
      targets: targets.map(({ next_token_ids: tokens, probs }) => ({
        tokens,
        probabilities: probs,
      })),
    })),
  };
}

/** Tokens from the end of the prompt to each node of the golden trie. */
export function triePrefixes(name: Name): number[][] {
  const prefixes: number[][] = [];
  for (const { parent, token } of goldenOf(name).trie?.nodes ?? []) {
    prefixes.push(parent === null ? [] : [...prefixes[parent]!, token!]);
  }
  return prefixes;
}

/** The golden sequences and trie as the input of `lab forward`. */
export function forwardInput(name: Name) {
  const { sequences, trie } = goldenOf(name);
  const paths = triePrefixes(name).slice(1);
  return { sequences, ...(trie && { tries: [{ prompt: trie.prompt_ids, paths }] }) };
}
