// What every peer can be asked to do: the same work, each in its own way.
import type { BackendOptions } from '../../src/tensor/backend.ts';
import type { DecoderSpec } from '../../src/model/spec/decoder-spec.ts';
import type { LaneThreads, StartThread } from '../../src/lab/study/lanes/lane-messages.ts';
import type { StartHelper } from '../../src/tensor/wasm/team.ts';
import type { WeightFormat } from '../../src/tensor/matrix.ts';
import type { LoraValues, WeightSource } from '../model/random-weights.ts';
import type { SoftBatch } from '../workload/soft-batch.ts';

export type PeerName = 'lab' | 'widened' | 'tfjs' | 'jax';
export type PeerBackend = 'wasm' | 'webgpu';

/** What a thread knows about where it runs; on wasm, where the binaries are. */
export interface Surroundings extends Pick<
  BackendOptions,
  'wasmPath' | 'sharesMemory' | 'readKernels'
> {
  readonly backend: PeerBackend;
  /** Starts a thread for a lane of the lab, where there are such. */
  readonly startThread?: StartThread;
  /** And one that helps with its products. */
  readonly startHelper?: StartHelper;
}

export interface TrainingSetup {
  readonly spec: DecoderSpec;
  readonly weights: WeightSource;
  readonly adapter: ReadonlyMap<string, LoraValues>;
  /** The same at every step. */
  readonly batch: SoftBatch;
  /** How the lab keeps matrices; peers know f32 only. */
  readonly format: WeightFormat;
  /** That the lab shares a step among, prompt by prompt; unless given, all prompts pass it at once. */
  readonly lanes?: LaneThreads;
}

/** Work that is done again and again, one run after the other. */
export interface Repeatable {
  /** Settles when the device has finished. @returns a figure that all peers must agree on */
  run(): Promise<number>;
}

export interface Peer {
  /** Starts the backend in this thread; to be called once, first. @throws Error where there is none */
  start(surroundings: Surroundings): Promise<void>;
  /** Forward, backward and optimizer; the figure is the loss before the update. */
  trainingStep(setup: TrainingSetup): Promise<Repeatable>;
  /** x W^T W^T … with [size, size] matrices of f32; the figure is the sum of squares of its first row. */
  product(size: number, repeats: number): Promise<Repeatable>;
}

/** AdamW without decay, which is what all three libraries' own Adam computes. */
export const ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
