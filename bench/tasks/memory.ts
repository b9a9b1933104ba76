// Training steps of the lab on batches that all differ, watched for what they hold.
import { randomStream } from '../../src/core/random.ts';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { trainingMemory } from '../../src/model/memory-estimate.ts';
import { pack } from '../../src/model/decoder/pack.ts';
import { wasmTrainingMemory } from '../../src/model/wasm-memory.ts';
import * as tf from '../../src/tensor/tf.ts';
import { LabWebGpuBackend } from '../../src/tensor/webgpu/lab-backend.ts';
import { LORA, LORA_TARGETS, randomLora, randomWeights } from '../model/random-weights.ts';
import { trainingStep } from '../peers/lab/peer.ts';
import { softBatch } from '../workload/soft-batch.ts';
import type { SoftBatch } from '../workload/soft-batch.ts';
import type { Held, MemoryTask, OpenedTask } from './task.ts';
import { wasmHeap } from './wasm-heap.ts';

export async function openMemory(task: MemoryTask): Promise<OpenedTask> {
  const { config, format, seed } = task;
  const spec = decoderSpecFrom(config);
  const adapter = { rank: LORA.rank, targets: LORA_TARGETS };
  let last: SoftBatch | undefined;
  const batchAt = (step: number) => (last = batchOf(task, spec.vocabSize, step));
  const steps = await trainingStep(
    {
      ...{ spec, format, weights: randomWeights(seed), adapter: randomLora(spec, seed) },
      batch: batchAt(0),
    },
    batchAt,
  );
  const pool = poolOf(tf.backend());
  let held: Held | undefined;
  return {
    async run() {
      if (pool) pool.peakBytesUsed = 0;
      const loss = await steps.run();
      const { rows, slots, outputs } = pack(
        last!.examples,
        last!.normalizer,
        pool !== undefined,
      ).batch;
      const size = { tokens: rows * slots, outputs: outputs.length };
      held = {
        tensors: tf.memory().numTensors,
        tensorBytes: tf.memory().numBytes,
        poolBytes: pool?.numBytesAllocated ?? null,
        peakBytes: pool?.peakBytesUsed ?? wasmHeap(),
        estimatedBytes: pool
          ? trainingMemory(spec, size, adapter, format).total
          : wasmTrainingMemory(spec, size, adapter, format).total,
      };
      return loss;
    },
    details: () => (held ? { held } : {}),
  };
}

/** Other prompts at every step, from half as long as asked for to half as long again. */
function batchOf({ batch, seed }: MemoryTask, vocabSize: number, step: number): SoftBatch {
  const share = 0.5 + randomStream(seed, 'length', step).uniform();
  const promptTokens = Math.max(1, Math.round(share * batch.promptTokens));
  return softBatch({ ...batch, promptTokens }, vocabSize, seed + step);
}

const poolOf = (backend: unknown) =>
  backend instanceof LabWebGpuBackend ? backend.pool : undefined;
