// The runs that this browser keeps, newest first.
import type { StudyEvent } from '../../lab/events.ts';
import type { RunStore, StoredRun, StoreNotice } from '../../lab/runs/run-store.ts';
import { knownRun } from './known-run.ts';
import { runsInOtherTabs } from './run-locks.ts';

export type OpenStore = (onNotice: (notice: StoreNotice) => void) => Promise<RunStore>;

export class RunHistory {
  runs = $state.raw<readonly StoredRun[]>([]);
  /** Whether the store has been looked at, so that an empty history means that there are no runs. */
  isRead = $state(false);
  /** Runs that another tab is working on. */
  elsewhere = $state.raw<readonly string[]>([]);
  /** What the store cannot do in this browser. */
  notice = $state.raw<StoreNotice | null>(null);
  readonly store: Promise<RunStore>;

  constructor(openStore: OpenStore) {
    this.store = openStore((notice) => (this.notice = notice));
  }

  async refresh(): Promise<void> {
    this.elsewhere = await runsInOtherTabs();
    this.runs = (await (await this.store).list()).map(knownRun);
    this.isRead = true;
  }

  async events(id: string): Promise<StudyEvent[]> {
    return (await this.store).events(id);
  }

  async adapters(id: string) {
    return (await this.store).adapters(id);
  }

  async put(run: StoredRun): Promise<void> {
    await (await this.store).put(run);
  }

  async remove(id: string): Promise<void> {
    await (await this.store).delete(id);
  }
}
