// The worker that owns the GPU.
import * as Comlink from 'comlink';
import { backendOrder } from '../src/lab/backend-choice.ts';
import type { LabWorker } from '../src/lab/contract.ts';
import type { Checkpoint, Environment, StudyEvent } from '../src/lab/events.ts';
import type { Experiment } from '../src/lab/experiment.ts';
import { LabService } from '../src/lab/lab-service.ts';
import { machineNotice } from '../src/lab/machine-notice.ts';
import { loadModel } from '../src/lab/model-loading.ts';
import { runStudy } from '../src/lab/study.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { type BackendName, startBackend } from '../src/tensor/backend.ts';
import { version_core } from '../src/tensor/tf.ts';
import { selfTest } from '../src/training/self-test.ts';

/** Both lie beside the folder of this script, in the built page as in development. */
const WASM = new URL('../wasm/', self.location.href).href;
const BUILTIN = new URL('../models/builtin/', self.location.href).href;

let preparing: Promise<Environment> | undefined;
let model: { name: string; model: LanguageModel } | undefined;

/** Rejects when the GPU is lost or reports an error that no call raises; it never resolves. */
let failDevice: (error: Error) => void;
const deviceFailure = new Promise<never>((_, reject) => (failDevice = reject));
deviceFailure.catch(() => {});

/** One backend per worker: whoever asks first starts it. After a failure the next one tries again. */
function prepare(only?: BackendName): Promise<Environment> {
  preparing ??= start(only).catch((error: unknown) => {
    preparing = undefined;
    throw error;
  });
  return preparing;
}

async function start(only?: BackendName): Promise<Environment> {
  const started = await startBackend(
    await backendOrder(only),
    {
      wasmPath: WASM,
      onDeviceError: (message) => failDevice(new Error(`the GPU failed: ${message}`)),
    },
    selfTest,
  );
  const notice = machineNotice(started, only !== undefined);
  return {
    backend: started.name,
    adapter: started.adapter,
    model: 'builtin',
    selfTest: 'passed',
    ...(notice !== undefined && { notice }),
    versions: { tfjs: version_core },
  };
}

async function* study(
  experiment: Experiment,
  signal: AbortSignal,
  resume?: Checkpoint,
): AsyncGenerator<StudyEvent> {
  const environment = await prepare();
  if (model?.name !== experiment.model) {
    model?.model.decoder.dispose();
    model = undefined;
    model = { name: experiment.model, model: yield* loadModel(experiment.model, BUILTIN) };
  }
  yield* guarded(
    runStudy(experiment, {
      model: model.model,
      environment: { ...environment, model: experiment.model },
      signal,
      ...(resume && { resume }),
    }),
  );
}

/** The events of a study, until it ends or the device fails under it. */
async function* guarded(events: AsyncGenerator<StudyEvent>): AsyncGenerator<StudyEvent> {
  let usable = true;
  try {
    for (;;) {
      const next = await Promise.race([events.next(), deviceFailure]);
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

const service = new LabService({ prepare, study });

const worker: LabWorker = {
  prepare: (only) => service.prepare(only),
  pause: () => service.pause(),
  proceed: () => service.proceed(),
  cancel: () => service.cancel(),
  async run(experiment, onEvent, resume) {
    try {
      return await service.run(experiment, onEvent, resume);
    } finally {
      // The page's callback holds a message port until it is let go.
      (onEvent as Comlink.Remote<typeof onEvent>)[Comlink.releaseProxy]();
    }
  },
};

Comlink.expose(worker);
