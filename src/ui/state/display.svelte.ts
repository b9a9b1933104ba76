// The run on display: the one that is worked on, or one that somebody opened.
import type { StoredRun } from '../../lab/runs/run-store.ts';
import type { RunState } from '../../lab/state/run-state.ts';

export interface OpenRun {
  readonly stored: StoredRun;
  readonly view: RunState;
}

export class Display {
  /** The run that is being worked on. */
  live = $state.raw<OpenRun | null>(null);
  /** A run from the history; null shows the live one. */
  opened = $state.raw<OpenRun | null>(null);

  get run(): OpenRun | null {
    return this.opened ?? this.live;
  }

  isLive(run: StoredRun): boolean {
    return this.live?.stored.id === run.id;
  }

  /** For a run that is no more. */
  close(id: string): void {
    if (this.opened?.stored.id === id) this.opened = null;
  }

  /** Shows another name, if it is this run that is open. */
  rename(id: string, name: string): void {
    if (this.opened?.stored.id !== id) return;
    this.opened = { ...this.opened, stored: { ...this.opened.stored, name } };
  }
}
