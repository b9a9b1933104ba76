// What the lab holds over many steps of changing batches, and its peak beside the estimate.
import type { ModelConfig } from '../model/sizes.ts';
import type { Held, MemoryTask } from '../tasks/task.ts';
import type { Place } from '../places/place.ts';
import type { BenchSettings } from '../settings.ts';
import { spreadOf } from '../series/spread.ts';

/** A step and what was held after it; bytes. */
interface Reading extends Held {
  /** Of this process, in which the threads of Node run; that of a browser is not seen from here. */
  readonly processBytes: number | null;
}

/** Steps are said to the terminal this often. */
const EVERY = 25;

export async function memoryReport(
  place: Place,
  { batch, format, seed, memorySteps, onProgress }: BenchSettings,
  size: string,
  config: ModelConfig,
) {
  const task: MemoryTask = { kind: 'memory', config, batch, format, seed };
  const thread = await place.open(task);
  const readings: Reading[] = [];
  const seconds: number[] = [];
  try {
    for (let step = 1; step <= memorySteps; step++) {
      const { held, ...run } = await thread.run();
      seconds.push(run.seconds);
      const processBytes = place.backend === 'wasm' ? process.memoryUsage.rss() : null;
      readings.push({ ...held!, processBytes });
      if (step % EVERY === 0) onProgress(`${step} of ${memorySteps} steps`);
    }
  } finally {
    await thread.close();
  }
  return {
    ...{ size, weights: format, steps: memorySteps, prompts: batch.prompts },
    // The first step compiles.
    step_seconds: spreadOf(seconds.slice(1)),
    ...memoryFigures(readings),
  };
}

/** @param readings of at least three steps, in their order */
export function memoryFigures(readings: readonly Reading[]) {
  const third = Math.floor(readings.length / 3);
  const [early, middle, late] = [
    readings.slice(0, third),
    readings.slice(third, 2 * third),
    readings.slice(2 * third),
  ].map(mostOf);
  return {
    // The most after any step of each third: alike where nothing is left behind.
    held: { first_third: early!, second_third: middle!, last_third: late! },
    peak: peakOf(readings),
  };
}

function mostOf(readings: readonly Reading[]) {
  const most = (of: (reading: Reading) => number | null) => {
    const values = readings.map(of).filter((value) => value !== null);
    return values.length > 0 ? Math.max(...values) : null;
  };
  return {
    tensors: most(({ tensors }) => tensors),
    tensor_bytes: most(({ tensorBytes }) => tensorBytes),
    pool_bytes: most(({ poolBytes }) => poolBytes),
    process_bytes: most(({ processBytes }) => processBytes),
  };
}

/** Of the step that took most; null where peaks are not measured. */
function peakOf(readings: readonly Reading[]) {
  const peaks = readings.flatMap(({ peakBytes, estimatedBytes }) =>
    peakBytes === null ? [] : [{ measured: peakBytes, estimated: estimatedBytes }],
  );
  if (peaks.length === 0) return null;
  const peak = peaks.reduce((a, b) => (b.measured > a.measured ? b : a));
  return { ...peak, estimated_over_measured: peak.estimated / peak.measured };
}
