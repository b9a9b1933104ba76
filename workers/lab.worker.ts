// The worker that owns the GPU.
import * as Comlink from 'comlink';
import { backendOrder } from '../src/lab/backend-choice.ts';
import type { BackendWish, LabWorker, Notice, RunWay } from '../src/lab/contract.ts';
import type { Environment, StudyEvent } from '../src/lab/events.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { LabService } from '../src/lab/lab-service.ts';
import { machineMemory } from '../src/lab/models/machine-memory.ts';
import { machineNotice } from '../src/lab/machine-notice.ts';
import { ModelDesk } from '../src/lab/models/model-desk.ts';
import { ModelSources } from '../src/lab/models/model-sources.ts';
import { askArms } from '../src/lab/study/asked-arms.ts';
import { runStudy } from '../src/lab/study/study.ts';
import type { OpenedModel } from '../src/lab/study/study-context.ts';
import '../src/lab/thrown-errors.ts';
import { pageThreads } from './page-threads.ts';
import { loadLanguageModel } from '../src/model/language-model.ts';
import { estimateMemory } from '../src/model/memory-estimate.ts';
import { estimateWasmMemory } from '../src/model/wasm-memory.ts';
import { ModelCache } from '../src/model/sources/model-cache.ts';
import { NETWORK } from '../src/model/sources/network.ts';
import { openBlobStore } from '../src/model/sources/open-store.ts';
import { startBackend } from '../src/tensor/backend.ts';
import type { DeviceFailure } from '../src/tensor/device-failure.ts';
import { canShareMemory } from '../src/tensor/wasm/can-share-memory.ts';
import { version_core } from '../src/tensor/tf.ts';
import { idbTuningStore } from '../src/lab/tuning-store.ts';
import { selfTest } from '../src/training/self-test.ts';

/** Both lie beside the folder of this script, in the built page as in development. */
const WASM = new URL('../wasm/', self.location.href).href;
const BUILTIN = new URL('../models/builtin/', self.location.href).href;

interface Prepared {
  readonly environment: Environment;
  readonly failure: DeviceFailure;
}

let preparing: Promise<Prepared> | undefined;

/** One backend per worker: whoever asks first starts it. After a failure the next one tries again. */
function prepare(wish: BackendWish = {}): Promise<Prepared> {
  preparing ??= start(wish).catch((error: unknown) => {
    preparing = undefined;
    throw error;
  });
  return preparing;
}

async function start(wish: BackendWish): Promise<Prepared> {
  const options = {
    wasmPath: WASM,
    sharesMemory: canShareMemory(),
    tuning: idbTuningStore(),
  };
  const started = await startBackend(await backendOrder(wish), options, selfTest);
  const notice = machineNotice(started, wish);
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

const models = new ModelDesk({
  sources: new ModelSources(BUILTIN, openCache, NETWORK),
  cache: openCache,
  notices,
  async place(files, options) {
    await prepare();
    return loadLanguageModel(files, options);
  },
  release: (model) => model.decoder.dispose(),
  async memory() {
    const { backend } = (await prepare()).environment;
    const keepsBf16 = backend === 'webgpu';
    const estimate = keepsBf16 ? estimateMemory : estimateWasmMemory;
    return { limit: machineMemory(backend), keepsBf16, estimate };
  },
});

const study = new LabService({
  prepare: async (wish) => (await prepare(wish)).environment,
  async *study(
    experiment: Experiment,
    signal: AbortSignal,
    { resume, inTurns, asking, exporting, threads }: RunWay,
  ) {
    const { environment, failure } = await prepare();
    const openModel = (beside: string) => openBeside(beside, signal);
    const events = models.study(experiment, signal, async function* ({ name, model }) {
      if (asking) yield* askArms(model, experiment, asking, signal);
      else if (exporting) {
        const { exportFolder } = await import('./export-folder.ts');
        yield* exportFolder(experiment, { model, builtin: BUILTIN, openModel, signal });
      } else {
        yield* runStudy(experiment, {
          model,
          environment: { ...environment, model: name },
          openModel,
          signal,
          inTurns: inTurns ?? false,
          threads: pageThreads(threads),
          ...(resume && { resume }),
        });
      }
    });
    yield* guarded(events, failure);
  },
});

async function* openBeside(
  name: string,
  signal: AbortSignal,
): AsyncGenerator<StudyEvent, OpenedModel> {
  const loaded = yield* models.beside(name, signal);
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
    throw await failure.cause(error);
  } finally {
    // A cancelled study lets go of its tensors; one whose device is gone may never answer.
    if (usable) await events.return(undefined);
  }
}

const worker: LabWorker = { study, models };
Comlink.expose(worker);
