// What a PyTorch process is given to compute the lab's own step: a folder with model, adapter and rows.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAdapter } from '../../../src/model/adapter/peft-writer.ts';
import { decoderSpecFrom } from '../../../src/model/families/index.ts';
import { randomFolder } from '../../model/random-folder.ts';
import { LORA_FILE, randomLora } from '../../model/random-weights.ts';
import type { ExactScoreTask, TrainingTask } from '../../tasks/task.ts';
import { scoredPrompt, softBatch } from '../../workload/soft-batch.ts';
import { ADAM } from '../peer.ts';

/** Model and adapter as transformers and PEFT read them. */
export async function writeModel(
  folder: string,
  { config, seed }: Pick<TrainingTask, 'config' | 'seed'>,
): Promise<void> {
  const spec = decoderSpecFrom(config);
  const adapter = writeAdapter({ ...LORA_FILE, tensors: randomLora(spec, seed) }, spec);
  await writeFiles(join(folder, 'model'), Object.entries(await randomFolder(config, seed)));
  await writeFiles(join(folder, 'adapter'), adapter);
}

/** One of the rows of a step: a prompt with an answer, and what is asked at its nodes. */
interface Row {
  readonly prompt: readonly number[];
  /** Tokens after the prompt. */
  readonly answer: readonly number[];
  /** Node (0: the prompt's last token), token, weight of its log-probability in the loss. */
  readonly targets: readonly (readonly [node: number, token: number, weight: number])[];
}

/** A row for every answer, with the lab's supervision. */
export function torchRows({
  config,
  batch,
  seed,
}: Pick<TrainingTask, 'config' | 'batch' | 'seed'>): Row[] {
  const { vocabSize } = decoderSpecFrom(config);
  const { examples, normalizer } = softBatch(batch, vocabSize, seed, 'paths');
  return examples.map(({ prompt, supervision }) => {
    const { token, weight, targetStart, targetToken, targetProbability } = supervision;
    const targets: [number, number, number][] = [];
    weight.forEach((w, node) => {
      for (let i = targetStart[node]!; i < targetStart[node + 1]!; i++) {
        targets.push([node, targetToken[i]!, (w * targetProbability[i]!) / normalizer]);
      }
    });
    return { prompt: Array.from(prompt), answer: Array.from(token.subarray(1)), targets };
  });
}

/** A row for every answer, whose losses' mean is asked for. */
export function scoredRowsOf({ config, promptTokens, seed }: ExactScoreTask): Row[] {
  const { vocabSize } = decoderSpecFrom(config);
  const { prompt, answers } = scoredPrompt(promptTokens, vocabSize, seed);
  return answers.map((tokens) => ({
    prompt,
    answer: tokens.slice(0, -1),
    targets: tokens.map((token, node) => [node, token, 1 / answers.length] as const),
  }));
}

export async function writeTask(
  folder: string,
  task: {
    readonly procedure: string;
    readonly threads: number;
    readonly rows: readonly Row[];
    /** Whether a run is an optimizer step, or asks for the loss alone. */
    readonly trains: boolean;
  },
): Promise<void> {
  const all = { ...task, learning_rate: ADAM.learningRate };
  await writeFile(join(folder, 'task.json'), JSON.stringify(all));
}

async function writeFiles(
  folder: string,
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
}
