// The repository of the hub that the benchmarks bring along.

export const REPO = 'bench/random';
