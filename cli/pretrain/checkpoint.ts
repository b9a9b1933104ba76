// Where pretraining leaves its state between runs: one file in V8's serialisation.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { InputError } from '../../src/core/errors.ts';
import type { TrainerState } from '../../src/training/trainer.ts';

export interface PretrainCheckpoint {
  /** What the run is made of; a checkpoint of another recipe is not continued. */
  readonly recipe: string;
  readonly seconds: number;
  /** Fed so far, by all lanes. */
  readonly tokens: number;
  /** [step, loss] as reported so far. */
  readonly losses: readonly (readonly [number, number])[];
  readonly state: TrainerState;
}

/**
 * The checkpoint, or undefined where there is none.
 * @throws InputError for a file that is none
 */
export async function readCheckpointFile(path: string): Promise<PretrainCheckpoint | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return deserialize(bytes) as PretrainCheckpoint;
  } catch {
    throw new InputError(
      `${path} is not a checkpoint of a pretraining run`,
      'Remove it to train from the start, or name another file.',
    );
  }
}

/** Written beside and moved into place, so that a kill at any moment leaves a whole file. */
export async function writeCheckpointFile(
  path: string,
  checkpoint: PretrainCheckpoint,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, serialize(checkpoint));
  await rename(`${path}.new`, path);
}
