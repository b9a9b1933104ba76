// Everything that happens between the page and its workers: the machine, the run, the history.
import type { Environment, StudyEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';
import type { LabClient } from '../../lab/lab-client.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import { readableEvents } from '../../lab/runs/readable-events.ts';
import { RunRecorder } from '../../lab/runs/run-recorder.ts';
import { runsOf, seriesOf, waitingWith } from '../../lab/runs/run-series.ts';
import type { RunStore, StoredRun, StoreNotice } from '../../lab/runs/run-store.ts';
import { SeriesClock } from '../../lab/study/series-clock.ts';
import { LabFailure } from '../../lab/worker-client.ts';
import { nameOf } from '../text/run-name.ts';
import type { BaseLook, PreviewData } from './preview.svelte.ts';
import { knownRun } from './known-run.ts';
import { claim, runsInOtherTabs } from './run-locks.ts';
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
  history = $state.raw<readonly StoredRun[]>([]);
  /** Whether the store has been looked at, so that an empty history means that there are no runs. */
  hasHistory = $state(false);
  /** Runs that another tab is working on. */
  elsewhere = $state.raw<readonly string[]>([]);
  notice = $state.raw<StoreNotice | null>(null);

  #store: Promise<RunStore>;
  /** What the worker is busy with, settled or not. */
  #work: Promise<unknown> = Promise.resolve();
  #peeking = false;
  #clock = new SeriesClock();
  #recorder: RunRecorder | null = null;

  constructor(
    private readonly lab: LabClient,
    openStore: (onNotice: (notice: StoreNotice) => void) => Promise<RunStore>,
  ) {
    this.#store = openStore((notice) => (this.notice = notice));
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
    return this.isLive(run) || (run.status === 'running' && this.elsewhere.includes(run.id));
  }

  /** Looks at the machine and the history; shows the newest run, if there is one. */
  async begin(): Promise<void> {
    void this.prepare();
    await this.refreshHistory();
    const newest = this.history[0];
    if (newest && !this.open) await this.show(newest);
  }

  async prepare(): Promise<void> {
    this.environmentError = null;
    try {
      this.environment = await this.lab.prepare();
    } catch (thrown) {
      this.environmentError = errorOf(thrown);
    }
  }

  async refreshHistory(): Promise<void> {
    this.elsewhere = await runsInOtherTabs();
    this.history = (await (await this.#store).list()).map(knownRun);
    this.hasHistory = true;
  }

  /**
   * Runs an experiment to its end, from each of its seeds; all runs are stored from the first moment
   * on.
   */
  async start(experiment: Experiment): Promise<void> {
    if (this.activity !== 'idle') return;
    const [first, ...waiting] = runsOf(experiment, nameOf(experiment), Date.now());
    const store = await this.#store;
    for (const run of waiting) await store.put(run);
    await this.#follow({ ...first!, status: 'running' }, []);
  }

  /** A run and those of its other seeds that are done: what there is to compare. */
  comparable(run: StoredRun): StoredRun[] {
    return seriesOf(run, this.history).filter(
      ({ id, status }) => id === run.id || status === 'done',
    );
  }

  /** Seconds left in the live run and those that follow it. @param ofThis those of the live run */
  secondsLeftInAll(ofThis: number | null): number | null {
    return this.#clock.secondsLeft(ofThis ?? undefined) ?? null;
  }

  /** Goes on with an interrupted run at its last checkpoint, or from the start without one. */
  async resume(run: StoredRun): Promise<void> {
    const store = await this.#store;
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
    const recorder = (this.#recorder = new RunRecorder(await this.#store, run, before));
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
    await this.refreshHistory();
    this.#clock.begin(waitingWith(run, this.history).length, before.length > 0);

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
      (thrown: unknown) => ({ status: 'failed' as const, error: errorOf(thrown) }),
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
    await this.refreshHistory();
    const [next] = ending.status === 'done' ? waitingWith(stored, this.history) : [];
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
    const { events } = readableEvents(await this.events(stored.id));
    this.#opened = { stored, view: events.reduce(addEvent, emptyView(stored.experiment)) };
  }

  async events(id: string): Promise<StudyEvent[]> {
    return (await this.#store).events(id);
  }

  async adapters(id: string) {
    return (await this.#store).adapters(id);
  }

  async rename(run: StoredRun, name: string): Promise<void> {
    const trimmed = name.trim();
    if (trimmed === '' || trimmed === run.name) return;
    if (this.#recorder?.run.id === run.id) this.#recorder.rename(trimmed);
    else await (await this.#store).put({ ...run, name: trimmed });
    if (this.#opened?.stored.id === run.id) {
      this.#opened = { ...this.#opened, stored: { ...this.#opened.stored, name: trimmed } };
    }
    await this.refreshHistory();
  }

  async remove(run: StoredRun): Promise<void> {
    await (await this.#store).delete(run.id);
    if (this.#opened?.stored.id === run.id) this.#opened = null;
    await this.refreshHistory();
  }

  /** What the untouched model answers to one prompt, if the worker has nothing better to do. */
  async peek(
    asked: Pick<Experiment, 'model' | 'weights'> & { readonly data: PreviewData },
  ): Promise<BaseLook | null> {
    await this.#endPeek();
    if (this.activity !== 'idle') return null;
    this.#peeking = true;
    let target: BaseLook['target'] | undefined;
    let snapshot: BaseLook['snapshot'] | undefined;
    const experiment = {
      ...asked,
      arms: [{ name: 'base', method: 'none' as const }],
      evaluation: { splits: ['train' as const] },
    };
    const work = this.lab.run(experiment, (event) => {
      if (event.type === 'target') target = event;
      if (event.type === 'snapshot') snapshot = event;
      if (event.type === 'environment') this.environment = event.environment;
    });
    this.#work = work;
    try {
      await work;
    } finally {
      if (this.#work === work) this.#peeking = false;
    }
    return target && snapshot ? { target, snapshot } : null;
  }

  async #endPeek(): Promise<void> {
    if (this.#peeking) await this.lab.cancel(this.#work);
    this.#peeking = false;
  }
}

const errorOf = (thrown: unknown): LabError =>
  thrown instanceof LabFailure ? thrown.error : labErrorOf(thrown);
