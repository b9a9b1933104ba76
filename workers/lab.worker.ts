// The worker that owns the GPU.
import * as Comlink from 'comlink';
import { backendOrder } from '../src/lab/backend-choice.ts';
import type { LabWorker, Notice } from '../src/lab/contract.ts';
import type { Checkpoint, Environment, StudyEvent } from '../src/lab/events.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { LabService } from '../src/lab/lab-service.ts';
import { machineMemory } from '../src/lab/models/machine-memory.ts';
import { machineNotice } from '../src/lab/machine-notice.ts';
import { ModelDesk } from '../src/lab/models/model-desk.ts';
import { ModelSources } from '../src/lab/models/model-sources.ts';
import { runStudy } from '../src/lab/study/study.ts';
import type { OpenedModel } from '../src/lab/study/study-context.ts';
import { loadLanguageModel } from '../src/model/language-model.ts';
import { estimateMemory } from '../src/model/memory-estimate.ts';
import { estimateWasmMemory } from '../src/model/wasm-memory.ts';
import { ModelCache } from '../src/model/sources/model-cache.ts';
import { NETWORK } from '../src/model/sources/network.ts';
import { openBlobStore } from '../src/model/sources/open-store.ts';
import { type BackendName, startBackend } from '../src/tensor/backend.ts';
import type { DeviceFailure } from '../src/tensor/device-failure.ts';
import { version_core } from '../src/tensor/tf.ts';
import { idbTuningStore } from '../src/lab/tuning-store.ts';
import { selfTest } from '../src/training/self-test.ts';

/** Both lie beside the folder of this script, in the built page as in development. */
const WASM = new URL('../wasm/', self.location.href).href;
const BUILTIN = new URL('../models/builtin/', self.location.href).href;

let preparing: Promise<Prepared> | undefined;

interface Prepared {
  readonly environment: Environment;
  readonly failure: DeviceFailure;
}

/** One backend per worker: whoever asks first starts it. After a failure the next one tries again. */
function prepare(only?: BackendName): Promise<Prepared> {
  preparing ??= start(only).catch((error: unknown) => {
    preparing = undefined;
    throw error;
  });
  return preparing;
}

async function start(only?: BackendName): Promise<Prepared> {
  const started = await startBackend(
    await backendOrder(only),
    { wasmPath: WASM, tuning: idbTuningStore() },
    selfTest,
  );
  const notice = machineNotice(started, only !== undefined);
  const environment: Environment = {
    backend: started.name,
    adapter: started.adapter,
    model: 'builtin',
    selfTest: 'passed',
    ...(notice !== undefined && { notice }),
    versions: { tfjs: version_core },
  };
  return { environment, failure: started.failure };
}

/** Opened when the first model beside the built-in one is asked for. */
let cache: Promise<ModelCache> | undefined;
const notices: Notice[] = [];
function openCache(): Promise<ModelCache> {
  cache ??= openBlobStore((notice) => notices.push(notice)).then((store) => new ModelCache(store));
  return cache;
}

const desk = new ModelDesk({
  sources: new ModelSources(BUILTIN, openCache, NETWORK),
  cache: openCache,
  notices,
  async place(files, format, adapter) {
    await prepare();
    return loadLanguageModel(files, { format, adapter });
  },
  release: (model) => model.decoder.dispose(),
  async memory() {
    const { backend } = (await prepare()).environment;
    const packs = backend === 'webgpu';
    const estimate = packs ? estimateMemory : estimateWasmMemory;
    return { limit: machineMemory(backend), packs, estimate };
  },
});

async function* study(
  experiment: Experiment,
  signal: AbortSignal,
  resume?: Checkpoint,
): AsyncGenerator<StudyEvent> {
  const { environment, failure } = await prepare();
  yield* desk.study(experiment, signal, ({ name, model }) =>
    guarded(
      runStudy(experiment, {
        model,
        environment: { ...environment, model: name },
        openModel: (beside) => openBeside(beside, signal),
        signal,
        ...(resume && { resume }),
      }),
      failure,
    ),
  );
}

async function* openBeside(
  name: string,
  signal: AbortSignal,
): AsyncGenerator<StudyEvent, OpenedModel> {
  const loaded = yield* desk.beside(name, signal);
  return { ...loaded, dispose: () => loaded.model.decoder.dispose() };
}

/** The events of a study, until it ends or the device fails under it. */
async function* guarded(
  events: AsyncGenerator<StudyEvent>,
  failure: DeviceFailure,
): AsyncGenerator<StudyEvent> {
  let usable = true;
  try {
    for (;;) {
      const next = await failure.guard(events.next());
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    usable = false;
    throw error;
  } finally {
    // A cancelled study lets go of its tensors; one whose device is gone may never answer.
    if (usable) await events.return(undefined);
  }
}

const service = new LabService({
  prepare: async (only) => (await prepare(only)).environment,
  study,
});

const worker: LabWorker = {
  prepare: (only) => service.prepare(only),
  pause: () => service.pause(),
  proceed: () => service.proceed(),
  cancel: () => service.cancel(),
  run: (experiment, onEvent, resume) =>
    released(onEvent, () => service.run(experiment, onEvent, resume)),
  setAccess: (access) => desk.setAccess(access),
  openFolder: (name, files) => desk.openFolder(name, files),
  openAdapter: (model, name, files) => desk.openAdapter(model, name, files),
  summarise: (model, wish) => desk.summarise(model, wish),
  describeTokenizer: (model) => desk.describeTokenizer(model),
  load: (model, wish, onEvent) => released(onEvent, () => desk.load(model, wish, onEvent)),
  cancelLoad: () => desk.cancelLoad(),
  cachedModels: () => desk.cachedModels(),
  deleteCached: (key) => desk.deleteCached(key),
};

/** The page's callback holds a message port until it is let go. */
async function released<T>(callback: unknown, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } finally {
    (callback as Comlink.Remote<() => void>)[Comlink.releaseProxy]();
  }
}

Comlink.expose(worker);
