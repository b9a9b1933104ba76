// The experiments that one of several seeds stands for: the same one, started from each.
import type { Experiment } from './experiment.ts';

/** One for each of `seeds`, in their order; the experiment itself where it has one seed. */
export function perSeed({ seeds, ...experiment }: Experiment): Experiment[] {
  return seeds === undefined ? [experiment] : seeds.map((seed) => ({ ...experiment, seed }));
}

/** What all chance comes from, one run after the other. */
export const seedsOf = ({ seed, seeds = [seed] }: Experiment): readonly number[] => seeds;
