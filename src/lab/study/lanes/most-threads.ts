// How many lanes a study may be asked for.

/** More than a machine has cores; what each holds is memory. */
export const MOST_THREADS = 256;
