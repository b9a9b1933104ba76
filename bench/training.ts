// One training step of every peer, in one process, on one machine: what it takes and how it compares.
import type { Peer } from './peers/peer.ts';
import { ours } from './peers/ours.ts';
import { stockInputs } from './peers/inputs.ts';
import { stepFlops, stepProblem } from './problem.ts';
import type { SizeName, SizeOptions, StepProblem } from './problem.ts';

export interface TrainingOptions extends SizeOptions {
  readonly size: SizeName;
  /** Timed steps of each peer, after those that compare and warm up. */
  readonly steps: number;
  readonly peers: readonly ('stock' | 'jax-js')[];
  /** Of the built-in model. */
  readonly config?: unknown;
}

export interface PeerFigures {
  readonly name: string;
  /** Losses of the first steps: the same for all. */
  readonly losses: readonly number[];
  /** Until the first step was done: compilation. */
  readonly firstSeconds: number;
  readonly medianSeconds: number;
  readonly spreadSeconds: readonly [fastest: number, slowest: number];
  /** GPU dispatches per step; null where nothing is dispatched. */
  readonly dispatches: number | null;
}

export interface TrainingFigures {
  readonly size: SizeName;
  readonly tokens: number;
  readonly outputs: number;
  readonly layers: number;
  readonly gigaflops: number;
  readonly peers: readonly (PeerFigures | { readonly name: string; readonly failed: string })[];
  /** How many times as long as ours a peer takes. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly dispatchesPerLayer: number | null;
  readonly tokensPerSecond: number;
}

/** Steps whose losses are compared; they warm up, too. */
const COMPARED = 3;
const TOLERANCE = 1e-3;

/** @throws Error if two peers do not compute the same thing */
export async function trainingFigures(
  { size, steps, peers, config, ...options }: TrainingOptions,
  device: 'webgpu' | 'wasm',
): Promise<TrainingFigures> {
  const problem = stepProblem(size, options, config);
  const makers: [string, () => Promise<Peer>][] = [['ours', () => ours(problem)]];
  if (peers.includes('stock')) makers.push(['stock tfjs', () => stock(problem)]);
  if (peers.includes('jax-js')) makers.push(['jax-js', () => jax(problem, device)]);
  const figures: TrainingFigures['peers'][number][] = [];
  for (const [name, make] of makers) {
    figures.push(
      await figuresOf(name, make, steps).catch((error: unknown) => ({
        name,
        failed: error instanceof Error ? error.message : String(error),
      })),
    );
  }
  const measured = figures.filter((figure) => 'losses' in figure);
  const own = measured.find(({ name }) => name === 'ours');
  if (own === undefined) throw new Error(`our own step failed: ${JSON.stringify(figures)}`);
  for (const { name, losses } of measured) assertSame(name, losses, own.losses);

  const { rows, slots, outputs, pairs } = stockInputs(problem);
  const tokens = problem.examples.reduce(
    (sum, { prompt, supervision }) => sum + prompt.length + supervision.nodeCount - 1,
    0,
  );
  const { layers } = problem.spec;
  void rows;
  void slots;
  return {
    size,
    tokens,
    outputs: outputs.length,
    layers,
    gigaflops: stepFlops(problem, tokens, outputs.length, pairs) / 1e9,
    peers: figures,
    ratios: Object.fromEntries(
      measured
        .filter((figure) => figure !== own)
        .map(({ name, medianSeconds }) => [name, medianSeconds / own.medianSeconds]),
    ),
    dispatchesPerLayer: own.dispatches === null ? null : own.dispatches / layers,
    tokensPerSecond: tokens / own.medianSeconds,
  };
}

const stock = async (problem: StepProblem) => {
  const { stockTfjs } = await import('./peers/stock-tfjs.ts');
  return stockTfjs(problem);
};
const jax = async (problem: StepProblem, device: 'webgpu' | 'wasm') => {
  const { jaxJs } = await import('./peers/jax-js.ts');
  return jaxJs(problem, device);
};

async function figuresOf(
  name: string,
  make: () => Promise<Peer>,
  steps: number,
): Promise<PeerFigures> {
  const peer = await make();
  try {
    const losses: number[] = [];
    let firstSeconds = 0;
    for (let i = 0; i < COMPARED; i++) {
      const began = performance.now();
      losses.push(await peer.step());
      if (i === 0) firstSeconds = (performance.now() - began) / 1000;
    }
    const counter = countDispatches();
    const seconds: number[] = [];
    for (let i = 0; i < steps; i++) {
      const began = performance.now();
      await peer.step();
      seconds.push((performance.now() - began) / 1000);
    }
    const dispatches = counter.end();
    seconds.sort((a, b) => a - b);
    return {
      name,
      losses,
      firstSeconds,
      medianSeconds: seconds[Math.floor(seconds.length / 2)]!,
      spreadSeconds: [seconds[0]!, seconds.at(-1)!],
      dispatches: dispatches === null ? null : dispatches / steps,
    };
  } finally {
    peer.dispose();
  }
}

/** Counts every dispatch of every library; null where there is no WebGPU. */
function countDispatches(): { end(): number | null } {
  if (!('GPUComputePassEncoder' in globalThis)) return { end: () => null };
  const prototype = GPUComputePassEncoder.prototype;
  const original = prototype.dispatchWorkgroups;
  let count = 0;
  prototype.dispatchWorkgroups = function (this: GPUComputePassEncoder, ...sizes) {
    count++;
    return original.apply(this, sizes);
  };
  return {
    end() {
      prototype.dispatchWorkgroups = original;
      return count;
    },
  };
}

function assertSame(name: string, losses: readonly number[], expected: readonly number[]): void {
  losses.forEach((loss, i) => {
    if (Math.abs(loss / expected[i]! - 1) < TOLERANCE) return;
    throw new Error(`${name} does not take our steps: losses ${losses}, not ${expected}`);
  });
}
