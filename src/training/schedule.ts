// The learning rate over a run: linear warm-up, then half a cosine to zero.

/**
 * transformers' cosine schedule. Step k (from 0) of the warm-up has k / warmupSteps of the peak.
 * @param warmup fraction of the steps that warm up, rounded up
 * @returns learning rate of step `step` in 0 .. steps - 1
 */
export function cosineSchedule(
  step: number,
  { steps, peak, warmup }: { steps: number; peak: number; warmup: number },
): number {
  const warmupSteps = Math.ceil(warmup * steps);
  if (step < warmupSteps) return (peak * step) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  return (peak * (1 + Math.cos(Math.PI * progress))) / 2;
}

/** The same, but a single step, which as a warm-up would have the rate 0 and train nothing, has the peak. */
export const trainingRate: typeof cosineSchedule = (step, options) =>
  cosineSchedule(step, options.steps === 1 ? { ...options, warmup: 0 } : options);
