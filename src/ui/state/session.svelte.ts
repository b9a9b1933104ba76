// Between the page and its worker: the machine, the run that is worked on, and the one on display.
import type { Environment, StudyEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';
import type { LabClient } from '../../lab/lab-client.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import { readableEvents } from '../../lab/runs/readable-events.ts';
import { RunRecorder } from '../../lab/runs/run-recorder.ts';
import { runsOf, seriesOf, waitingWith } from '../../lab/runs/run-series.ts';
import type { StoredRun } from '../../lab/runs/run-store.ts';
import { SeriesClock } from '../../lab/study/series-clock.ts';
import { nameOf } from '../text/run-name.ts';
import { type BaseLook, BaseLooking, type BaseQuestion } from './base-look.ts';
import { RunHistory, type OpenStore } from './run-history.svelte.ts';
import { claim } from './run-locks.ts';
import { addEvent, emptyView, type RunView } from './run-view.ts';

export type Activity = 'idle' | 'running' | 'paused' | 'cancelling';

/** The run on display: live, or from the history. */
export interface OpenRun {
  readonly stored: StoredRun;
  readonly view: RunView;
}

/** How often the page redraws what a running study reports. */
const FRAME_MS = 80;

export class Session {
  environment = $state.raw<Environment | null>(null);
  environmentError = $state.raw<LabError | null>(null);
  activity = $state<Activity>('idle');
  /** The run that is being worked on. */
  live = $state.raw<OpenRun | null>(null);
  /** A run from the history; null shows the live one. */
  #opened = $state.raw<OpenRun | null>(null);
  readonly history: RunHistory;
  /** What the worker is busy with, settled or not. */
  #work: Promise<unknown> = Promise.resolve();
  #peeking = false;
  #clock = new SeriesClock();
  #recorder: RunRecorder | null = null;

  constructor(
    private readonly lab: LabClient,
    openStore: OpenStore,
  ) {
    this.history = new RunHistory(openStore);
  }

  /** The run on display. */
  get open(): OpenRun | null {
    return this.#opened ?? this.live;
  }

  isLive(run: StoredRun): boolean {
    return this.live?.stored.id === run.id;
  }

  /** Whether this tab or another one works on the run. */
  isRunning(run: StoredRun): boolean {
    return (
      this.isLive(run) || (run.status === 'running' && this.history.elsewhere.includes(run.id))
    );
  }

  /** Looks at the machine and the history; shows the newest run, if there is one. */
  async begin(): Promise<void> {
    void this.prepare();
    await this.history.refresh();
    const [newest] = this.history.runs;
    if (newest && !this.open) await this.show(newest);
  }

  async prepare(): Promise<void> {
    this.environmentError = null;
    try {
      this.environment = await this.lab.prepare();
    } catch (thrown) {
      this.environmentError = labErrorOf(thrown);
    }
  }

  /**
   * Runs an experiment to its end, from each of its seeds; all runs are stored from the first moment
   * on.
   */
  async start(experiment: Experiment): Promise<void> {
    if (this.activity !== 'idle') return;
    const [first, ...waiting] = runsOf(experiment, nameOf(experiment), Date.now());
    for (const run of waiting) await this.history.put(run);
    await this.#follow({ ...first!, status: 'running' }, []);
  }

  /** A run and those of its other seeds that are done: what there is to compare. */
  comparable(run: StoredRun): StoredRun[] {
    return seriesOf(run, this.history.runs).filter(
      ({ id, status }) => id === run.id || status === 'done',
    );
  }

  /** Seconds left in the live run and those that follow it. @param ofThis those of the live run */
  secondsLeftInAll(ofThis: number | null): number | null {
    return this.#clock.secondsLeft(ofThis ?? undefined) ?? null;
  }

  /** Goes on with an interrupted run at its last checkpoint, or from the start without one. */
  async resume(run: StoredRun): Promise<void> {
    const store = await this.history.store;
    const checkpoint = await store.checkpoint(run.id);
    await store.truncateEvents(run.id, checkpoint?.events ?? 0);
    const events = await store.events(run.id);
    await this.#follow({ ...run, status: 'running', error: null }, events, checkpoint?.checkpoint);
  }

  async #follow(
    run: StoredRun,
    before: readonly StudyEvent[],
    checkpoint?: Parameters<LabClient['run']>[2],
    show = true,
  ): Promise<void> {
    if (this.activity !== 'idle') return;
    this.activity = 'running';
    await this.#endPeek();
    const release = await claim(run.id);
    const recorder = (this.#recorder = new RunRecorder(await this.history.store, run, before));
    this.live = { stored: run, view: before.reduce(addEvent, emptyView(run.experiment)) };
    if (show) this.#opened = null;
    let waiting: StudyEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      if (!this.live) return;
      this.live = { stored: recorder.run, view: waiting.reduce(addEvent, this.live.view) };
      waiting = [];
    };
    await this.history.refresh();
    this.#clock.begin(waitingWith(run, this.history.runs).length, before.length > 0);

    const work = this.lab.run(
      run.experiment,
      (event) => {
        recorder.add(event);
        waiting.push(event);
        timer ??= setTimeout(draw, FRAME_MS);
      },
      checkpoint,
    );
    this.#work = work;
    const ending = await work.then(
      (end) => ({ status: end, error: null }),
      (thrown: unknown) => ({ status: 'failed' as const, error: labErrorOf(thrown) }),
    );
    clearTimeout(timer);
    draw();
    const stored = await recorder.finish(ending.status, ending.error);
    if (ending.status === 'done') this.#clock.end();
    // Whoever looks at the run goes on looking at it; whoever watches a series sees the next one.
    const watching = this.#opened === null;
    this.#opened ??= { stored, view: this.live.view };
    const finished = this.#opened;
    this.live = null;
    this.#recorder = null;
    this.activity = 'idle';
    release();
    await this.history.refresh();
    const [next] = ending.status === 'done' ? waitingWith(stored, this.history.runs) : [];
    if (!next) return;
    const goOn = watching && this.#opened === finished;
    await this.#follow({ ...next, status: 'running' }, [], undefined, goOn);
  }

  async pause(): Promise<void> {
    if (this.activity !== 'running') return;
    this.activity = 'paused';
    await this.lab.pause();
  }

  async proceed(): Promise<void> {
    if (this.activity !== 'paused') return;
    this.activity = 'running';
    await this.lab.proceed();
  }

  async cancel(): Promise<void> {
    if (this.activity === 'idle') return;
    this.activity = 'cancelling';
    await this.lab.cancel(this.#work);
  }

  /** Shows a run of the history, or the live one. */
  async show(stored: StoredRun): Promise<void> {
    if (this.isLive(stored)) {
      this.#opened = null;
      return;
    }
    const { events } = readableEvents(await this.history.events(stored.id));
    this.#opened = { stored, view: events.reduce(addEvent, emptyView(stored.experiment)) };
  }

  async rename(run: StoredRun, name: string): Promise<void> {
    const trimmed = name.trim();
    if (trimmed === '' || trimmed === run.name) return;
    if (this.#recorder?.run.id === run.id) this.#recorder.rename(trimmed);
    else await this.history.put({ ...run, name: trimmed });
    if (this.#opened?.stored.id === run.id) {
      this.#opened = { ...this.#opened, stored: { ...this.#opened.stored, name: trimmed } };
    }
    await this.history.refresh();
  }

  async remove(run: StoredRun): Promise<void> {
    await this.history.remove(run.id);
    if (this.#opened?.stored.id === run.id) this.#opened = null;
    await this.history.refresh();
  }

  /** What the untouched model answers to one prompt, if the worker has nothing better to do. */
  async peek(asked: BaseQuestion): Promise<BaseLook | null> {
    await this.#endPeek();
    if (this.activity !== 'idle') return null;
    this.#peeking = true;
    const looking = new BaseLooking(asked, (environment) => (this.environment = environment));
    const work = this.lab.run(looking.experiment, (event) => looking.add(event));
    this.#work = work;
    try {
      await work;
    } finally {
      if (this.#work === work) this.#peeking = false;
    }
    return looking.result;
  }

  async #endPeek(): Promise<void> {
    if (this.#peeking) await this.lab.cancel(this.#work);
    this.#peeking = false;
  }
}
