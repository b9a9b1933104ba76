// Pretraining as a whole: starts the lanes, follows them, keeps checkpoints.
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { weightShapes } from '../../src/model/spec/decoder-spec.ts';
import { modelConfig } from '../../src/pretraining/model-config.ts';
import type { PretrainingRecipe } from '../../src/pretraining/recipe.ts';
import type { TokenizerFiles } from '../../src/pretraining/tokenizer/tokenizer-files.ts';
import { readCheckpointFile, writeCheckpointFile } from './checkpoint.ts';
import type { PretrainCheckpoint } from './checkpoint.ts';
import { exchangeMemory } from './gradient-exchange.ts';
import type { LaneMessage, LaneTask } from './lane.ts';

/** Threads that share every step. Part of the recipe: it fixes the order of additions. */
const LANES = 2;
const REPORT_EVERY = 10;
const STATE_EVERY = 50;

export interface PretrainProgress {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly secondsLeft: number;
}

/**
 * Trains the recipe's model from nothing, or on from the checkpoint at `path` if that is of the
 * same recipe and tokenizer. Killed at any time, it loses at most the steps since the last one.
 */
export async function pretrain(
  recipe: PretrainingRecipe,
  tokenizer: TokenizerFiles,
  path: string,
  onProgress: (progress: PretrainProgress) => void,
): Promise<PretrainCheckpoint> {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([recipe, tokenizer, LANES]))
    .digest('hex');
  const found = await readCheckpointFile(path);
  const start = found?.recipe === fingerprint ? found : undefined;
  if (start?.state.step === recipe.steps) return start;

  const losses = new Map<number, number>(start?.losses);
  const partial = new Map<number, number[]>();
  const laneTokens = new Array<number>(LANES).fill(0);
  const began = performance.now();
  const from = start?.state.step ?? 0;
  // What each lane's own count starts at when it goes on.
  const fed = start ? start.state.promptTokens + start.state.answerTokens : 0;
  let last = start;
  let writes = Promise.resolve();

  const hear = (message: LaneMessage) => {
    const seconds = (start?.seconds ?? 0) + (performance.now() - began) / 1000;
    if (message.type === 'state') {
      const checkpoint = {
        recipe: fingerprint,
        seconds,
        tokens: laneTokens.reduce((a, b) => a + b, start?.tokens ?? 0),
        losses: [...losses],
        state: message.state,
      };
      last = checkpoint;
      writes = writes.then(() => writeCheckpointFile(path, checkpoint));
      return;
    }
    const { step, steps, loss, lane, promptTokens, answerTokens } = message;
    laneTokens[lane] = promptTokens + answerTokens - fed;
    const parts = partial.get(step) ?? [];
    partial.set(step, [...parts, loss]);
    if (parts.length + 1 < LANES) return;
    const total = partial.get(step)!.reduce((a, b) => a + b, 0);
    partial.delete(step);
    losses.set(step, total);
    const each = (performance.now() - began) / 1000 / (step - from);
    onProgress({ step, steps, loss: total, secondsLeft: each * (steps - step) });
  };
  await runLanes(recipe, tokenizer, start, hear);
  await writes;
  return last!;
}

async function runLanes(
  recipe: PretrainingRecipe,
  tokenizer: TokenizerFiles,
  start: PretrainCheckpoint | undefined,
  hear: (message: LaneMessage) => void,
): Promise<void> {
  const sizes = [...weightShapes(decoderSpecFrom(modelConfig(recipe))).values()].map((shape) =>
    shape.reduce((a, b) => a * b, 1),
  );
  const exchange = exchangeMemory(
    LANES,
    sizes.reduce((a, b) => a + b, 0),
  );
  const workers = Array.from({ length: LANES }, (_, lane) => {
    const task: LaneTask = {
      lane,
      recipe,
      tokenizer,
      exchange,
      reportEvery: REPORT_EVERY,
      stateEvery: STATE_EVERY,
      ...(start && { resume: start.state }),
    };
    return new Worker(new URL('./lane.mjs', import.meta.url), { workerData: task });
  });
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.on('message', hear);
            worker.on('error', reject);
            worker.on('exit', (code) =>
              code === 0 ? resolve() : reject(new Error(`a pretraining lane ended with ${code}`)),
            );
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
