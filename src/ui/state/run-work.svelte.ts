// The work on runs: one after the other, each recorded while it happens, until a person cancels.
import type { StudyEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';
import type { LabClient } from '../../lab/lab-client.ts';
import { keepRunning, recoveryWords } from '../../lab/runs/keep-running.ts';
import { RunRecorder } from '../../lab/runs/run-recorder.ts';
import { runsOf, waitingWith } from '../../lab/runs/run-series.ts';
import type { StoredRun } from '../../lab/runs/run-store.ts';
import { SeriesClock } from '../../lab/study/series-clock.ts';
import { nameOf } from '../text/run-name.ts';
import type { Display, OpenRun } from './display.svelte.ts';
import type { Machine } from './machine.svelte.ts';
import type { RunHistory } from './run-history.svelte.ts';

export type WorkActivity = 'idle' | 'running' | 'paused' | 'cancelling';

/** How often the page redraws what a running study reports. */
const FRAME_MS = 80;

export class RunWork {
  activity = $state<WorkActivity>('idle');
  /** What the worker is busy with, settled or not. */
  #study: Promise<unknown> = Promise.resolve();
  #clock = new SeriesClock();
  #recorder: RunRecorder | null = null;
  /** Until a person cancels. */
  #isWanted = true;

  /** @param takeBack has the worker for runs again, whoever it was lent to */
  constructor(
    private readonly lab: LabClient,
    private readonly machine: Machine,
    private readonly history: RunHistory,
    private readonly display: Display,
    private readonly takeBack: () => Promise<void>,
  ) {}

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

  /** Goes on with an interrupted run at its last checkpoint, or from the start without one. */
  async resume(run: StoredRun): Promise<void> {
    if (this.#begin()) await this.#workOn(run.id);
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
    if (this.activity === 'idle' || this.activity === 'cancelling') return;
    this.activity = 'cancelling';
    this.#isWanted = false;
    await this.lab.cancel(this.#study);
  }

  /** Seconds left in the live run and those that follow it. @param ofThis those of the live run */
  secondsLeftInAll(ofThis: number): number | null {
    return this.#clock.secondsLeft(ofThis) ?? null;
  }

  /** Gives the run that is recorded another name. @returns whether it is this one */
  rename({ id }: StoredRun, name: string): boolean {
    if (this.#recorder?.run.id !== id) return false;
    this.#recorder.rename(name);
    return true;
  }

  #begin(): boolean {
    if (this.activity !== 'idle') return false;
    this.activity = 'running';
    this.#isWanted = true;
    return true;
  }

  /** Works on a run and those of its series that wait. @param fresh a run that is not stored yet */
  async #workOn(id: string, fresh?: StoredRun): Promise<void> {
    const { display, history } = this;
    try {
      await this.takeBack();
      let [next, show]: [string | undefined, boolean] = [id, true];
      while (next !== undefined && this.#isWanted) {
        const isNew = next === fresh?.id;
        const followed: OpenRun | undefined = await history.own(
          next,
          (run) => this.#follow(run, isNew, show),
          isNew ? fresh : undefined,
        );
        await history.refresh();
        const ended: StoredRun | undefined = followed?.stored;
        const waiting: StoredRun[] =
          ended?.status === 'done' ? waitingWith(ended, history.runs) : [];
        next = waiting[0]?.id;
        // Whoever looks at another run goes on looking at it; whoever watches a series sees the next.
        show = followed !== undefined && display.opened === followed;
      }
    } finally {
      display.live = null;
      this.#recorder = null;
      this.activity = 'idle';
    }
  }

  async #follow(before: StoredRun, isNew: boolean, show: boolean): Promise<OpenRun> {
    const { display } = this;
    const run: StoredRun = { ...before, status: 'running', error: null };
    const recorder = new RunRecorder(await this.history.store, run);
    const resume = isNew ? undefined : await recorder.rewind();
    this.#recorder = recorder;
    display.live = { stored: run, view: recorder.state };
    if (show) display.opened = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      if (display.live) display.live = { stored: recorder.run, view: recorder.state };
    };
    const heard = (event: StudyEvent) => {
      recorder.add(event);
      this.machine.hear(event);
      timer ??= setTimeout(draw, FRAME_MS);
    };
    await this.history.refresh();
    this.#clock.begin(waitingWith(run, this.history.runs).length, resume !== undefined);

    const { status, error } = await keepRunning(
      {
        attempt: (from, avoid) => {
          const study = this.lab.run(run.experiment, heard, {
            ...{ resume: from, avoid },
            threads: this.machine.cores.chosen,
          });
          this.#study = study;
          return study;
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
    display.opened ??= followed;
    display.live = null;
    return followed;
  }
}
