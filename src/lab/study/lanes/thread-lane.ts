// A lane on another thread, as the study sees it: what it is sent, and what it still owes.
import type { CallContext } from '../../../evaluation/decoder-calls.ts';
import type { LoraAdapter } from '../../../model/adapter/lora.ts';
import type { Decoder } from '../../../model/decoder/decoder.ts';
import { bytesOf, plainWeights } from '../../../model/decoder/plain-weights.ts';
import type { BackendName } from '../../../tensor/backend.ts';
import type { LaneCall } from './lane-calls.ts';
import type { FromLane, LaneThread, StartThread } from './lane-messages.ts';

/** Of weights that were sent and not yet taken: bounds what exists in between. */
const SENT_BYTES = 64 * 2 ** 20;
/** Calls that it has at once, so that it need not wait for the next while the study itself computes. */
const AHEAD = 2;

/** What was asked of the model. */
export interface LaneJob {
  readonly name: LaneCall;
  readonly input: unknown;
  readonly context: CallContext;
  /** Whether it is left to the model that is here. */
  atHome: boolean;
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

/** What a lane tells its pool. */
export interface LaneEvents {
  /** It has room for another call. */
  onFree(): void;
  onAnswer(job: LaneJob, output: unknown): void;
  /** It could not do this. */
  onFailed(job: LaneJob): void;
  /** It is gone, with calls that it has not answered. */
  onGone(lane: ThreadLane, unanswered: readonly LaneJob[]): void;
}

export class ThreadLane {
  /** Settles once it has the model, or is lost before. */
  readonly ready: Promise<void>;
  readonly #thread: LaneThread;
  readonly #events: LaneEvents;
  readonly #jobs = new Map<number, LaneJob>();
  #ready = false;
  #over = false;
  #sent = 0;
  #taken = () => {};
  #ids = 0;
  /** The adapter that it has, and its values when they were sent. */
  #adapter: LoraAdapter | undefined;
  #values: object | undefined;

  constructor(decoder: Decoder, backend: BackendName, start: StartThread, events: LaneEvents) {
    this.#events = events;
    this.#thread = start(
      (message) => this.#hear(message),
      () => this.#lose(),
    );
    this.ready = this.#furnish(decoder, backend).catch(() => this.#lose());
  }

  /** How many calls it has, and whether it takes another. */
  get load(): number {
    return this.#jobs.size;
  }

  get isFree(): boolean {
    return this.#ready && !this.#over && this.load < AHEAD;
  }

  take(job: LaneJob): void {
    const { adapter } = job.context;
    if (adapter) this.#adapt(adapter);
    const id = this.#ids++;
    this.#jobs.set(id, job);
    const { name, input } = job;
    this.#thread.post({ type: 'call', id, name, input, adapted: adapter !== undefined });
  }

  end(): void {
    this.#over = true;
    this.#taken();
    this.#thread.end();
  }

  /** Sends the model, a few weights at a time. */
  async #furnish({ spec, weights }: Decoder, backend: BackendName): Promise<void> {
    this.#thread.post({ type: 'model', backend, spec });
    for (const weight of plainWeights(weights)) {
      this.#thread.post({ type: 'weight', weight });
      this.#sent += bytesOf(weight);
      await this.#until(SENT_BYTES);
      if (this.#over) return;
    }
    await this.#until(0);
    if (this.#over) return;
    this.#ready = true;
    this.#events.onFree();
  }

  /** Until no more than so many bytes are on their way. */
  async #until(bytes: number): Promise<void> {
    while (this.#sent > bytes && !this.#over) {
      await new Promise<void>((resolve) => (this.#taken = resolve));
    }
  }

  #adapt(adapter: LoraAdapter): void {
    if (this.#values === adapter.values) return;
    const values = adapter.values.dataSync() as Float32Array;
    const isNew = this.#adapter !== adapter;
    this.#thread.post({ type: 'adapter', values, ...(isNew && { modules: adapter.modules }) });
    this.#adapter = adapter;
    this.#values = adapter.values;
  }

  #hear(message: FromLane): void {
    if (this.#over) return;
    if (message.type === 'taken') {
      this.#sent -= message.bytes;
      return this.#taken();
    }
    const job = this.#jobs.get(message.id)!;
    this.#jobs.delete(message.id);
    if (message.type === 'answer') this.#events.onAnswer(job, message.output);
    else this.#events.onFailed(job);
    this.#events.onFree();
  }

  #lose(): void {
    if (this.#over) return;
    this.end();
    this.#events.onGone(this, [...this.#jobs.values()]);
  }
}
