// Runs a job on the backend that a command asks for: in this process, or in a headless Chromium.
import type { JobFolders } from '../src/lab/jobs/adapted-model.ts';
import { runJob, type EventOf, type Job } from '../src/lab/jobs/job.ts';
import type { WeightChoice } from '../src/model/weight-forms.ts';
import type { BackendName } from '../src/tensor/backend.ts';
import { selfTest } from '../src/training/self-test.ts';
import { startNodeBackend } from './backend.ts';
import { hintAtEngine } from './engine-hint.ts';
import { environmentOf } from './environment.ts';
import { nodeThreads } from './lanes/node-threads.ts';
import { nodeFolder } from './model-folder.ts';
import { placeOfModel } from './open-model.ts';
import { kinds, option, required } from './options.ts';

/** Where a job runs and what it works on. */
export interface Workplace extends JobFolders {
  readonly backend: BackendName;
  /** As the user named it. */
  readonly modelName: string;
  /** How many compute at once; as many as the machine can feed unless given. */
  readonly threads: number | undefined;
}

/**
 * What `--backend`, `--model` and `--adapter` say.
 * @param embedder the model that embeds for a study, as the user named it
 * @throws InputError for a folder that is not there
 */
export async function workplace(
  options: {
    readonly backend: BackendName;
    readonly model: string;
    readonly adapter: string | undefined;
    readonly weights?: WeightChoice | undefined;
    readonly threads?: number | undefined;
  },
  embedder?: string,
): Promise<Workplace> {
  const { backend, model, adapter, weights, threads } = options;
  return {
    backend,
    modelName: model,
    threads,
    model: await folderOf(model),
    ...(weights !== undefined && { weights }),
    ...(adapter !== undefined && { adapter: await nodeFolder(adapter) }),
    ...(embedder !== undefined && { embedder: await folderOf(embedder) }),
  };
}

const folderOf = (name: string) => nodeFolder(placeOfModel(name));

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
    const { runInChromium } = await import('./chromium/run-in-chromium.ts');
    return runInChromium(place, job, onEvent, signal);
  }
  const started = await startNodeBackend(place.backend, selfTest);
  if (place.backend === 'wasm') hintAtEngine();
  const environment = environmentOf(started, place.modelName);
  const threads = nodeThreads(place.threads);
  const events = runJob(job, { ...place, environment, threads, ...(signal && { signal }) });
  for await (const event of events) await onEvent(event);
}

/** The option of jobs that read their work from a file. */
export const INPUT = required(option('FILE', 'the JSON above', kinds.some));
