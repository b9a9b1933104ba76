// The configuration in the folder of a study.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import { resolveExperiment } from '../src/lab/experiment/experiment.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { writeInFolder } from './write-file.ts';

const CONFIG = 'config.json';

/** @throws InputError if the folder cannot be written */
export async function writeConfig(path: string, experiment: Experiment): Promise<void> {
  try {
    await writeInFolder(path, CONFIG, `${JSON.stringify(experiment, null, 2)}\n`);
  } catch (error) {
    throw new InputError(
      `${path} cannot be written (${(error as Error).message})`,
      'give another --out',
      'out',
    );
  }
}

/** The experiment of a folder. @throws InputError where there is none, or it is damaged */
export async function readConfig(path: string): Promise<Experiment> {
  const file = join(path, CONFIG);
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new InputError(
      `${file} cannot be read (${error.message})`,
      'give the folder of a study that was interrupted',
      'resume',
    );
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${file} is not JSON (${(error as Error).message})`,
      'start the study again with --config',
      'resume',
    );
  }
  return resolveExperiment(json);
}
