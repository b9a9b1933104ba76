// What a study and the threads of its lanes say to each other: plain data.
import type { LoraShape } from '../../../model/adapter/lora.ts';
import type { PlainWeight } from '../../../model/decoder/plain-weights.ts';
import type { DecoderSpec } from '../../../model/spec/decoder-spec.ts';
import type { BackendName } from '../../../tensor/backend.ts';
import type { StartHelper } from '../../../tensor/wasm/team.ts';
import type { LaneCall } from './lane-calls.ts';

export type ToLane =
  /** First of all; the weights follow, one by one. */
  | { readonly type: 'model'; readonly backend: BackendName; readonly spec: DecoderSpec }
  | { readonly type: 'weight'; readonly weight: PlainWeight }
  /** From now on the adapter is this one. `modules` is left out where only its values are others. */
  | {
      readonly type: 'adapter';
      readonly modules?: ReadonlyMap<string, LoraShape>;
      readonly values: Float32Array;
    }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly name: LaneCall;
      readonly input: unknown;
      readonly adapted: boolean;
    };

export type FromLane =
  /** A weight is in its place. */
  | { readonly type: 'taken'; readonly bytes: number }
  | { readonly type: 'answer'; readonly id: number; readonly output: unknown }
  /** The call could not be answered. */
  | { readonly type: 'failed'; readonly id: number };

/** A thread as the study sees it. */
export interface LaneThread {
  post(message: ToLane): void;
  /** Ends it at once, whatever it is doing. */
  end(): void;
}

/** Starts a thread. @param onGone told once it is gone without having been ended, where that can be known */
export type StartThread = (hear: (message: FromLane) => void, onGone: () => void) => LaneThread;

/** The threads that a study may use beside its own. */
export interface LaneThreads {
  readonly most: number;
  /** Bytes that all lanes may take together, where that is to bound their number. */
  readonly memory?: number;
  readonly start: StartThread;
  /** Starts one that takes parts of this thread's products while others are idle, where memory can be shared. */
  readonly startHelper?: StartHelper;
}
