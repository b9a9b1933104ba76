// Prepares a task in the present thread, backend included.
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { randomLora, randomWeights } from '../model/random-weights.ts';
import type { TrainingSetup } from '../peers/peer.ts';
import { loadPeer } from '../peers/load-peer.ts';
import { softBatch } from '../workload/soft-batch.ts';
import { openExactScore } from './exact-score.ts';
import { openMemory } from './memory.ts';
import { openSampling } from './sampling.ts';
import { openScoring } from './scoring.ts';
import type { OpenedTask, BenchTask, TrainingTask, Workplace } from './task.ts';

/** To be called once per thread. @throws Error where the backend or the memory does not suffice */
export async function openTask(task: BenchTask, place: Workplace): Promise<OpenedTask> {
  const peer = await loadPeer('peer' in task ? task.peer : 'lab');
  await peer.start(place);
  switch (task.kind) {
    case 'training':
      return peer.trainingStep(trainingSetup(task, place));
    case 'exact score':
      return openExactScore(task);
    case 'product':
      return peer.product(task.size, task.repeats);
    case 'scoring':
      return openScoring(task, place.builtin);
    case 'sampling':
      return openSampling(task, place.builtin);
    case 'memory':
      return openMemory(task);
  }
}

function trainingSetup(
  { config, batch, layout, format, seed, threads }: TrainingTask,
  { startThread, startHelper }: Workplace,
): TrainingSetup {
  const spec = decoderSpecFrom(config);
  return {
    spec,
    weights: randomWeights(seed),
    adapter: randomLora(spec, seed),
    batch: softBatch(batch, spec.vocabSize, seed, layout),
    format,
    ...(threads !== undefined &&
      startThread && {
        lanes: { most: threads - 1, start: startThread, ...(startHelper && { startHelper }) },
      }),
  };
}
