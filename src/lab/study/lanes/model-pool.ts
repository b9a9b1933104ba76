// A pool of copies of one model: what is asked of the model is done by whichever copy is free.
import type { Decoder } from '../../../model/decoder/decoder.ts';
import { estimateWasmMemory } from '../../../model/wasm-memory.ts';
import type { BackendName } from '../../../tensor/backend.ts';
import * as tf from '../../../tensor/tf.ts';
import { sharesHeap } from '../../../tensor/wasm/heap.ts';
import { ProductTeam, shareProducts } from '../../../tensor/wasm/team.ts';
import { nextTask } from '../../../training/next-task.ts';
import { LANE_CALLS, type AskLanes } from './lane-calls.ts';
import type { LaneThreads } from './lane-messages.ts';
import { ThreadLane, type LaneJob } from './thread-lane.ts';

/** Threads that take the place of lost ones, over a pool's life: what kills them may go on killing. */
const REPLACEMENTS = 4;

/** Helpers beyond these have no part of most products left to take. */
const MOST_HELPERS = 7;

/** As many as may be, and as there is memory for beside the model that is here. */
function threadCount({ spec, weights }: Decoder, { most, memory = Infinity }: LaneThreads): number {
  const forms = weights.forms();
  const estimate = estimateWasmMemory(spec, { weights: (name) => forms.get(name)! });
  const each = Math.max(...Object.values(estimate));
  return Math.max(0, Math.min(most, Math.floor(memory / each) - 1));
}

/** Those that help the model that is here, unless it is not on wasm or its memory is its own. */
function helpersOf({ most, startHelper }: LaneThreads): ProductTeam | undefined {
  if (!startHelper || most < 1 || tf.getBackend() !== 'wasm' || !sharesHeap()) return undefined;
  return new ProductTeam(Math.min(most, MOST_HELPERS), startHelper);
}

/**
 * The lanes are the decoder that is here, at home, and its copies on threads, which join when they are
 * ready. An answer does not depend on the lane that gives it, and a lane that is lost loses nothing. While there
 * are fewer calls than lanes, the cores of those that are idle take parts of the products that are computed at home.
 */
export class ModelPool {
  /** Lanes that it was made for. */
  readonly size: number;
  /** Calls that it makes sense to ask for at once. */
  readonly together: number;
  readonly #decoder: Decoder;
  readonly #threads: LaneThreads | undefined;
  readonly #team: ProductTeam | undefined;
  readonly #lanes = new Set<ThreadLane>();
  readonly #queue: LaneJob[] = [];
  /** Asked and not answered. */
  readonly #open = new Set<LaneJob>();
  readonly #heeded = new WeakSet<AbortSignal>();
  #homeBusy = false;
  #replaced = 0;

  /** @param threads none on WebGPU, where one device does all the work */
  constructor(decoder: Decoder, threads?: LaneThreads) {
    this.#decoder = decoder;
    this.#threads = threads;
    const count = threads ? threadCount(decoder, threads) : 0;
    this.size = 1 + count;
    this.together = count === 0 ? 1 : 2 * this.size;
    this.#team = threads && helpersOf(threads);
    for (let i = 0; i < count; i++) this.#start();
  }

  /** Settles once all lanes have the model; nobody has to wait for that. */
  async joined(): Promise<void> {
    await Promise.all([...this.#lanes].map((lane) => lane.ready));
  }

  readonly ask: AskLanes = (name, input, context = {}) => {
    const { signal } = context;
    const answer = new Promise<unknown>((resolve, reject) => {
      signal?.throwIfAborted();
      const job = { name, input, context, atHome: false, resolve, reject };
      this.#open.add(job);
      this.#queue.push(job);
    });
    if (signal) this.#heed(signal);
    this.#hand();
    return answer as never;
  };

  /** What a thread is doing is of no use any more; what is done at home hears the signal itself. */
  #heed(signal: AbortSignal): void {
    if (this.#heeded.has(signal)) return;
    this.#heeded.add(signal);
    const abort = () => {
      for (const job of this.#open) {
        if (job.context.signal === signal && !job.atHome) this.#settle(job).reject(signal.reason);
      }
    };
    signal.addEventListener('abort', abort, { once: true });
  }

  /** The job is over, in one way or the other. */
  #settle(job: LaneJob): LaneJob {
    this.#open.delete(job);
    return job;
  }

  /** Ends the threads. What was asked and is not answered stays so. */
  dispose(): void {
    for (const lane of this.#lanes) lane.end();
    this.#lanes.clear();
    this.#team?.dispose();
  }

  #start(): void {
    const backend = tf.getBackend() as BackendName;
    const lane = new ThreadLane(this.#decoder, backend, this.#threads!.start, {
      onFree: () => this.#hand(),
      onAnswer: (job, output) => this.#settle(job).resolve(output),
      onFailed: (job) => {
        job.atHome = true;
        this.#again([job]);
      },
      onGone: (lost, unanswered) => {
        this.#lanes.delete(lost);
        this.#again(unanswered);
        if (this.#replaced++ < REPLACEMENTS) this.#start();
      },
    });
    this.#lanes.add(lane);
  }

  /** Puts jobs first in the queue. */
  #again(jobs: readonly LaneJob[]): void {
    this.#queue.unshift(...jobs);
    this.#hand();
  }

  /** Gives what waits to lanes that have room, the idlest first. */
  #hand(): void {
    for (;;) {
      const job = this.#queue[0];
      if (!job) return;
      if (!this.#open.has(job)) {
        this.#queue.shift();
        continue;
      }
      const free = job.atHome ? [] : [...this.#lanes].filter((lane) => lane.isFree);
      const idlest = free.reduce<ThreadLane | undefined>(
        (best, lane) => (best && best.load <= lane.load ? best : lane),
        undefined,
      );
      if (this.#homeBusy && !idlest) return;
      this.#queue.shift();
      if (!this.#homeBusy) void this.#doAtHome(job);
      else this.#give(job, idlest!);
    }
  }

  /** An adapter that is gone by now is the fault of whoever asked. */
  #give(job: LaneJob, lane: ThreadLane): void {
    try {
      lane.take(job);
    } catch (error) {
      this.#settle(job).reject(error);
    }
  }

  async #doAtHome(job: LaneJob): Promise<void> {
    this.#homeBusy = true;
    job.atHome = true;
    // Threads are given their work, and answers are heard, before this one is busy.
    if (this.#lanes.size > 0) await nextTask();
    if (this.#team) {
      const busy = [...this.#lanes].filter((lane) => lane.load > 0).length;
      this.#team.idle = Math.max(0, this.#threads!.most - busy);
      shareProducts(this.#team);
    }
    try {
      const call = LANE_CALLS[job.name];
      const output = await call(this.#decoder, job.input as never, job.context);
      this.#settle(job).resolve(output);
    } catch (error) {
      this.#settle(job).reject(error);
    }
    shareProducts(undefined);
    this.#homeBusy = false;
    this.#hand();
  }
}
