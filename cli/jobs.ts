// Runs a job on the backend that a command asks for: in this process, or in a headless Chromium.
import { readFile } from 'node:fs/promises';
import { InputError } from '../src/core/errors.ts';
import { BUILTIN_MODEL } from '../src/lab/experiment/experiment.ts';
import type { JobFolders } from '../src/lab/jobs/adapted-model.ts';
import { runJob, type EventOf, type Job } from '../src/lab/jobs/job.ts';
import { BACKENDS, type BackendName } from '../src/tensor/backend.ts';
import { selfTest } from '../src/training/self-test.ts';
import type { Arguments } from './arguments.ts';
import { startNodeBackend } from './backend.ts';
import { environmentOf } from './environment.ts';
import { nodeFolder } from './model-folder.ts';
import { BUILTIN } from './open-model.ts';

/** Where a job runs and what it works on. */
export interface Workplace extends JobFolders {
  readonly backend: BackendName;
  /** As the user named it. */
  readonly modelName: string;
}

/**
 * What `--backend` and `--adapter` say, and `--model` unless the model is named otherwise.
 * @param embedder the model that embeds for a study, as the user named it
 * @throws InputError for a folder that is not there
 */
export async function workplace(
  args: Arguments,
  modelName = args.text('model') ?? BUILTIN_MODEL,
  embedder?: string,
): Promise<Workplace> {
  const adapter = args.text('adapter');
  return {
    backend: args.choice('backend', BACKENDS, 'wasm'),
    modelName,
    model: await folderOf(modelName),
    ...(adapter !== undefined && { adapter: await nodeFolder(adapter) }),
    ...(embedder !== undefined && { embedder: await folderOf(embedder) }),
  };
}

const folderOf = (name: string) => nodeFolder(name === BUILTIN_MODEL ? BUILTIN : name);

/**
 * Runs a job to its end; it waits for `onEvent` at every event. An abort rejects with the signal's
 * reason.
 * @throws InputError for bad input; Error if the backend cannot be used, and says why
 */
export async function runJobAt<J extends Job>(
  place: Workplace,
  job: J,
  onEvent: (event: EventOf<J>) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  if (place.backend === 'webgpu') {
    const { runInChromium } = await import('./chromium.ts');
    return runInChromium(place, job, onEvent, signal);
  }
  const started = await startNodeBackend(place.backend, selfTest);
  const environment = environmentOf(started, place.modelName);
  const events = runJob(job, { ...place, environment, ...(signal && { signal }) });
  for await (const event of events) await onEvent(event);
}

/** The parsed JSON of `--input`. @throws InputError where there is none */
export async function readInput(args: Arguments): Promise<unknown> {
  const path = args.requiredText('input');
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new InputError(
      `${path} cannot be read (${(error as Error).message})`,
      'give a JSON file',
      'input',
    );
  }
}
