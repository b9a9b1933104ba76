// A model of SmolLM2-135M's shape (random weights) from a hub on this machine into training:
// `npx tsx bench/hub-135m.ts [PROMPTS]` downloads it, loads it again from the cache, takes three
// optimizer steps of so many prompts (default 8) on WebAssembly, scores a prompt, and reports seconds
// and memory.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startNodeBackend } from '../cli/backend.ts';
import type { Environment } from '../src/lab/events.ts';
import type { ExperimentInput } from '../src/lab/experiment/experiment.ts';
import { resolveExperiment } from '../src/lab/experiment/experiment.ts';
import { loadModel } from '../src/lab/models/model-loading.ts';
import { ModelSources } from '../src/lab/models/model-sources.ts';
import { runStudy } from '../src/lab/study/study.ts';
import { loadLanguageModel } from '../src/model/language-model.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { ModelCache } from '../src/model/sources/model-cache.ts';
import { modelSummary } from '../src/model/sources/model-summary.ts';
import { NETWORK } from '../src/model/sources/network.ts';
import { estimateWasmMemory } from '../src/model/wasm-memory.ts';
import * as tf from '../src/tensor/tf.ts';
import { DiskStore } from './model/disk-store.ts';
import { REPO } from './model/served-model.ts';
import { wasmHeap } from './tasks/wasm-heap.ts';

const STEPS = 3;
/** What WebAssembly can address. */
const LIMIT = 4 * 2 ** 30;
const MEGABYTE = 1e6;

const batch = Number(process.argv[2] ?? 8);
const experiment = resolveExperiment({
  model: REPO,
  data: { distribution: { family: 'beta', params: { alpha: 2, beta: 5 } } },
  arms: [{ method: 'soft' }],
  training: { steps: STEPS, batch },
  evaluation: { splits: ['train'] }, // the prompt that is trained on, and no other
} satisfies ExperimentInput);

const { name: backend, adapter } = await startNodeBackend('wasm');
const folder = await mkdtemp(join(tmpdir(), 'lab-hub-'));
const server = fork(fileURLToPath(new URL('model/serve-random.ts', import.meta.url)), ['135m']);
try {
  const endpoint = await new Promise<string>((resolve, reject) => {
    server.once('message', (address) => resolve(address as string));
    server.once('exit', (code) => reject(new Error(`the hub ended early (${code})`)));
  });
  const cache = new ModelCache(new DiskStore(folder));
  const sources = new ModelSources('', async () => cache, NETWORK);
  sources.setAccess({ endpoint });

  const [summary, asking] = await timed(async () => {
    const { summarised } = await sources.open(REPO);
    const plan = { batch, limit: LIMIT, keepsBf16: false, estimate: estimateWasmMemory };
    return modelSummary(summarised, plan);
  });
  const [downloaded, downloading] = await timed(() => load(sources));
  downloaded.decoder.dispose();
  const [model, reloading] = await timed(() => load(sources));
  const weights = tf.memory().numBytes;
  const heapLoaded = wasmHeap()!;
  const study = await followed(model);

  const { parameters, bytes, memory, verdict } = summary;
  console.log(
    JSON.stringify({
      ...{ parameters, downloadMegabytes: bytes! / MEGABYTE, verdict: verdict.kind },
      ...{ backend, adapter, promptsPerStep: batch, loss: study.loss, kl: study.kl },
      times: { asking, downloading, reloading, ...study.times },
      megabytes: {
        predictedTraining: memory!.training / MEGABYTE,
        predictedScoring: memory!.scoring / MEGABYTE,
        weights: weights / MEGABYTE,
        wasmHeapLoaded: heapLoaded / MEGABYTE,
        wasmHeapTrained: study.heapTrained / MEGABYTE,
        wasmHeapScored: wasmHeap()! / MEGABYTE,
        peakOfProcess: process.resourceUsage().maxRSS / 1024,
      },
    }),
  );
} finally {
  server.disconnect();
  await rm(folder, { recursive: true });
}

/** The machine may be busy with other things: the processor's time says more than the clock. */
function stopwatch(): () => { seconds: number; cpuSeconds: number } {
  const began = performance.now();
  const cpuBegan = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpuBegan);
    return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}

async function timed<T>(action: () => Promise<T>) {
  const read = stopwatch();
  return [await action(), read()] as const;
}

/** As the page loads a model, progress thrown away. */
async function load(sources: ModelSources): Promise<LanguageModel> {
  const release = ({ decoder }: LanguageModel) => decoder.dispose();
  const loading = loadModel(REPO, {
    sources,
    notices: [],
    place: (files) => loadLanguageModel(files),
    release,
  });
  for (;;) {
    const next = await loading.next();
    if (next.done) return next.value.model;
  }
}

/** Trains and scores: three steps, and one prompt with all its answers. */
async function followed(model: LanguageModel) {
  const environment: Environment = {
    ...{ backend, adapter, model: REPO, versions: {} },
    selfTest: 'not run',
  };
  let read = stopwatch();
  const times: Record<string, ReturnType<typeof read>> = {};
  let loss: number | null = null;
  let kl = NaN;
  let heapTrained = 0;
  for await (const event of runStudy(experiment, { model, environment })) {
    if (event.type === 'phase' && event.done === 0) read = stopwatch();
    if (event.type === 'step') {
      [times['threeSteps'], loss] = [read(), event.loss];
      heapTrained = wasmHeap()!;
    }
    if (event.type === 'row') [times['scoring'], kl] = [read(), event.row.kl];
  }
  return { times, loss, kl, heapTrained };
}
