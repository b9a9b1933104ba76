// How many lanes a study has, and how many it may be asked for.

/** More than a machine has cores; what each holds is memory. */
export const MOST_THREADS = 256;

/**
 * Of a page on the processor, unless a person says otherwise. One core is left to the page and to everything else,
 * but not the half of a machine that has two: the page itself needs a few milliseconds a second.
 */
export const usualThreads = (cores: number): number => (cores > 2 ? cores - 1 : Math.max(1, cores));
