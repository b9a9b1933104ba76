// Between the page and its worker: the machine, the run that is worked on, and the one on display.
import type { Environment, StudyEvent } from '../../lab/events.ts';
import type { Asking, RunWay, StudyEnd } from '../../lab/contract.ts';
import type { Experiment, ExperimentInput } from '../../lab/experiment/experiment.ts';
import type { LabClient } from '../../lab/lab-client.ts';
import { type LabError, labErrorOf } from '../../lab/lab-error.ts';
import { InputError } from '../../core/errors.ts';
import { readableEvents } from '../../lab/runs/readable-events.ts';
import { keepRunning, recoveryWords } from '../../lab/runs/keep-running.ts';
import { RunLocks } from '../../lab/runs/run-locks.ts';
import { RunRecorder } from '../../lab/runs/run-recorder.ts';
import { runsOf, seriesOf, waitingWith } from '../../lab/runs/run-series.ts';
import type { StoredRun } from '../../lab/runs/run-store.ts';
import { runState, type RunState } from '../../lab/state/run-state.ts';
import { SeriesClock } from '../../lab/study/series-clock.ts';
import { nameOf } from '../text/run-name.ts';
import { type BaseLook, BaseLooking, type BaseQuestion } from './base-look.ts';
import { LentWorker, type Purpose } from './lent-worker.ts';
import { Cores } from './cores.svelte.ts';
import { RunHistory, type OpenStore } from './run-history.svelte.ts';

export type Activity = 'idle' | 'running' | 'paused' | 'cancelling';

/** The run on display: live, or from the history. */
export interface OpenRun {
  readonly stored: StoredRun;
  readonly view: RunState;
}

const TAKEN = {
  message: 'Another tab is working on this run, so it is left alone here.',
  advice: 'Look there, or try again when that tab is done.',
};
const GONE = {
  message: 'This run was deleted in another tab.',
  advice: 'Start it again if you like.',
};

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
  readonly cores = new Cores();
  /** What the worker is busy with, settled or not. */
  #work: Promise<unknown> = Promise.resolve();
  #clock = new SeriesClock();
  #recorder: RunRecorder | null = null;
  /** Until a person cancels. */
  #isWanted = true;
  readonly #locks = new RunLocks();
  readonly #lent: LentWorker;

  constructor(
    private readonly lab: LabClient,
    openStore: OpenStore,
  ) {
    this.history = new RunHistory(openStore, this.#locks);
    this.#lent = new LentWorker(lab, () => this.activity === 'idle');
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
    return this.isLive(run) || this.history.elsewhere.includes(run.id);
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
    if (!this.#begin()) return;
    const [first, ...waiting] = runsOf(experiment, nameOf(experiment), Date.now());
    for (const run of waiting) await this.history.put(run);
    await this.#workOn(first!.id, first);
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
    if (this.#begin()) await this.#workOn(run.id);
  }

  #begin(): boolean {
    if (this.activity !== 'idle') return false;
    this.activity = 'running';
    this.#isWanted = true;
    return true;
  }

  /** Works on a run and those of its series that wait. @param fresh a run that is not stored yet */
  async #workOn(id: string, fresh?: StoredRun): Promise<void> {
    try {
      await this.#lent.takeBack();
      let [next, show]: [string | undefined, boolean] = [id, true];
      while (next !== undefined && this.#isWanted) {
        const isNew = next === fresh?.id;
        const followed: OpenRun | undefined = await this.#own(
          next,
          (run) => this.#follow(run, isNew, show),
          isNew ? fresh : undefined,
        );
        await this.history.refresh();
        const ended: StoredRun | undefined = followed?.stored;
        const waiting: StoredRun[] =
          ended?.status === 'done' ? waitingWith(ended, this.history.runs) : [];
        next = waiting[0]?.id;
        // Whoever looks at another run goes on looking at it; whoever watches a series sees the next.
        show = followed !== undefined && this.#opened === followed;
      }
    } finally {
      this.live = null;
      this.#recorder = null;
      this.activity = 'idle';
    }
  }

  /** Does something to a run as it is stored now, unless another tab has it or it is gone. */
  async #own<T>(
    id: string,
    action: (run: StoredRun) => Promise<T>,
    fresh?: StoredRun,
  ): Promise<T | undefined> {
    const release = await this.#locks.claim(id);
    if (!release) {
      this.history.notice = TAKEN;
      return undefined;
    }
    try {
      const run = fresh ?? (await (await this.history.store).run(id));
      if (run) return await action(run);
      this.history.notice = GONE;
      if (this.#opened?.stored.id === id) this.#opened = null;
      return undefined;
    } finally {
      await release();
    }
  }

  async #follow(before: StoredRun, isNew: boolean, show: boolean): Promise<OpenRun> {
    const run: StoredRun = { ...before, status: 'running', error: null };
    const recorder = new RunRecorder(await this.history.store, run);
    const resume = isNew ? undefined : await recorder.rewind();
    this.#recorder = recorder;
    this.live = { stored: run, view: recorder.state };
    if (show) this.#opened = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      if (this.live) this.live = { stored: recorder.run, view: recorder.state };
    };
    const heard = (event: StudyEvent) => {
      recorder.add(event);
      if (event.type === 'environment') this.environment = event.environment;
      timer ??= setTimeout(draw, FRAME_MS);
    };
    await this.history.refresh();
    this.#clock.begin(waitingWith(run, this.history.runs).length, resume !== undefined);

    const { status, error } = await keepRunning(
      {
        attempt: (from, avoid) => {
          const work = this.lab.run(run.experiment, heard, {
            ...{ resume: from, avoid },
            threads: this.cores.chosen,
          });
          this.#work = work;
          return work;
        },
        rewind: () => recorder.rewind(),
        backend: () => recorder.state.segments.at(-1)?.environment.backend,
        onRecovery: (fault, recovery, from) => {
          if (this.activity === 'paused') this.activity = 'running';
          heard({ type: 'warning', message: recoveryWords(fault, recovery, from) });
        },
        isWanted: () => this.#isWanted,
      },
      resume,
    );
    clearTimeout(timer);
    const stored = await recorder.finish(status, error);
    if (status === 'done') this.#clock.end();
    const followed = { stored, view: recorder.state };
    this.#opened ??= followed;
    this.live = null;
    return followed;
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
    this.#isWanted = false;
    await this.lab.cancel(this.#work);
  }

  /** Shows a run of the history, or the live one. */
  async show(stored: StoredRun): Promise<void> {
    if (this.isLive(stored)) {
      this.#opened = null;
      return;
    }
    const { events } = readableEvents(await this.history.events(stored.id));
    this.#opened = { stored, view: runState(stored.experiment, events) };
  }

  /**
   * Keeps a run that a person brings as files, and shows it.
   * @throws InputError where they are none, or the run is here already
   */
  async bring(files: readonly File[]): Promise<StoredRun> {
    const [{ importedRun }, { broughtFiles }] = await Promise.all([
      import('../../lab/archive/imported-run.ts'),
      import('../archive/brought-files.ts'),
    ]);
    const { run, events, adapters } = importedRun(await broughtFiles(files), nameOf, Date.now());
    const store = await this.history.store;
    if (await store.run(run.id)) {
      throw new InputError(
        `${run.name} is in this browser already`,
        'Open it there, or delete it first.',
        'files',
      );
    }
    await store.put(run);
    await store.appendEvents(run.id, events, 0);
    for (const [arm, own] of Object.entries(adapters)) await store.putAdapter(run.id, arm, own);
    await this.history.refresh();
    const brought = this.history.runs.find(({ id }) => id === run.id) ?? run;
    await this.show(brought);
    return brought;
  }

  async rename(run: StoredRun, name: string): Promise<void> {
    const trimmed = name.trim();
    if (trimmed === '' || trimmed === run.name) return;
    if (this.#recorder?.run.id === run.id) this.#recorder.rename(trimmed);
    else await this.#own(run.id, (stored) => this.history.put({ ...stored, name: trimmed }));
    if (this.#opened?.stored.id === run.id) {
      this.#opened = { ...this.#opened, stored: { ...this.#opened.stored, name: trimmed } };
    }
    await this.history.refresh();
  }

  async remove(run: StoredRun): Promise<void> {
    await this.#own(run.id, () => this.history.remove(run.id));
    await this.history.refresh();
    const isGone = !this.history.runs.some(({ id }) => id === run.id);
    if (isGone && this.#opened?.stored.id === run.id) this.#opened = null;
  }

  /** What the untouched model answers to one prompt, if the worker has nothing better to do. */
  async peek(asked: BaseQuestion): Promise<BaseLook | null> {
    const looking = new BaseLooking(asked);
    await this.#lend(looking.experiment, (event) => looking.add(event), {}, 'look');
    return looking.result;
  }

  /** Trains the arms of an experiment in turns, unless a run has the worker: null then. */
  race(
    experiment: Experiment,
    onEvent: (event: StudyEvent) => unknown,
    onEnding: () => void,
  ): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { inTurns: true }, 'race', onEnding);
  }

  /** The same for someone who waits for its end. */
  measure(
    experiment: Experiment,
    onEvent: (event: StudyEvent) => unknown,
  ): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { inTurns: true }, 'errand');
  }

  /** Asks arms that were trained before, unless a run has the worker: null then. */
  ask(
    experiment: Experiment,
    asking: Asking,
    onEvent: (event: StudyEvent) => unknown,
  ): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { asking }, 'race');
  }

  /** Writes the folder that trains an experiment with PyTorch, unless a run has the worker: null then. */
  export(
    experiment: ExperimentInput,
    onEvent: (event: StudyEvent) => unknown,
  ): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { exporting: true }, 'errand');
  }

  stopRace(): Promise<void> {
    return this.#lent.takeBack();
  }

  /** What is lent tells of the machine, too. */
  #lend(
    experiment: ExperimentInput,
    onEvent: (event: StudyEvent) => unknown,
    way: RunWay,
    purpose: Purpose,
    onEnding?: () => void,
  ): Promise<StudyEnd | null> {
    const hear = (event: StudyEvent) => {
      if (event.type === 'environment') this.environment = event.environment;
      return onEvent(event);
    };
    // Too short for other threads to be of help.
    return this.#lent.lend(experiment, hear, { threads: 1, ...way }, purpose, onEnding);
  }
}
