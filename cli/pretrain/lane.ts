// One lane of pretraining: a worker thread that trains on its share of every step's documents.
import { parentPort, workerData } from 'node:worker_threads';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { Decoder } from '../../src/model/decoder/decoder.ts';
import { loadWeights } from '../../src/model/decoder/decoder-weights.ts';
import type { Example } from '../../src/model/decoder/pack.ts';
import { createCorpus } from '../../src/pretraining/corpus.ts';
import { initialWeights } from '../../src/pretraining/initial-weights.ts';
import { modelConfig } from '../../src/pretraining/model-config.ts';
import type { PretrainingRecipe } from '../../src/pretraining/recipe.ts';
import { corpusEncoder } from '../../src/pretraining/tokenizer/builtin-tokenizer.ts';
import type { TokenizerFiles } from '../../src/pretraining/tokenizer/tokenizer-files.ts';
import { trainingRate } from '../../src/training/schedule.ts';
import { train } from '../../src/training/trainer.ts';
import type { StepBatch, StepReport, TrainerState } from '../../src/training/trainer.ts';
import { startNodeBackend } from '../backend.ts';
import { GradientExchange } from './gradient-exchange.ts';
import type { ExchangeMemory } from './gradient-exchange.ts';

/** What a lane is started with. */
export interface LaneTask {
  readonly lane: number;
  readonly recipe: PretrainingRecipe;
  readonly tokenizer: TokenizerFiles;
  readonly exchange: ExchangeMemory;
  readonly resume?: TrainerState;
  readonly reportEvery: number;
  /** Lane 0 sends its state once in so many steps, and at the end. */
  readonly stateEvery: number;
}

/** What a lane says. `loss` is its part of the batch loss: the lanes' parts add up. */
export type LaneMessage =
  | ({ readonly type: 'report'; readonly lane: number } & Omit<StepReport, 'state'>)
  | { readonly type: 'state'; readonly state: TrainerState };

const { lane, recipe, tokenizer, exchange, resume, reportEvery, stateEvery } =
  workerData as LaneTask;

await startNodeBackend('wasm');
const spec = decoderSpecFrom(modelConfig(recipe));
const initial = initialWeights(spec, recipe.initialScale, recipe.seed);
const weights = await loadWeights(spec, (name) => initial.get(name)!.values);
const corpus = createCorpus(recipe, corpusEncoder(tokenizer));
const { optimizer, steps } = recipe;
const gradients = new GradientExchange(exchange, lane);

/** This lane's passes of a step: every `lanes`-th. */
function laneBatch(step: number): StepBatch {
  const { groups, normalizer } = corpus(step);
  const mine = groups.filter((_, i) => i % exchange.lanes === lane);
  const count = (tokens: (example: Example) => number) =>
    mine.flat().reduce((sum, example) => sum + tokens(example), 0);
  return {
    groups: mine,
    normalizer,
    promptTokens: count(({ prompt }) => prompt.length),
    answerTokens: count(({ supervision }) => supervision.nodeCount - 1),
  };
}

for await (const { state, ...report } of train({
  decoder: new Decoder(spec, weights),
  steps,
  batch: laneBatch,
  learningRate: (step) =>
    trainingRate(step, { steps, peak: optimizer.learningRate, warmup: optimizer.warmup }),
  loss: 'cross-entropy',
  optimizer: {
    ...optimizer,
    // Norm weights keep their scale; everything else decays.
    decays: (name) => !/norm/i.test(name),
  },
  seed: recipe.seed,
  reportEvery,
  reduce: (gradient) => Promise.resolve(gradients.sum(gradient)),
  ...(resume && { resume }),
})) {
  parentPort!.postMessage({ type: 'report', lane, ...report } satisfies LaneMessage);
  if (lane === 0 && (report.step % stateEvery === 0 || report.step === steps)) {
    parentPort!.postMessage({ type: 'state', state: await state() } satisfies LaneMessage);
  }
}
