// The runs that this browser keeps, newest first.
import type { StudyEvent } from '../../lab/events.ts';
import type { RunLocks } from '../../lab/runs/run-locks.ts';
import type { DamagedRecord, RunStore, StoredRun, StoreNotice } from '../../lab/runs/run-store.ts';
import { knownRun } from './known-run.ts';

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

  /** What is stored but cannot be read, of any run. */
  damaged = $state.raw<readonly DamagedRecord[]>([]);

  constructor(
    openStore: OpenStore,
    private readonly locks: RunLocks,
  ) {
    this.store = openStore((notice) => (this.notice = notice));
  }

  async refresh(): Promise<void> {
    const store = await this.store;
    this.elsewhere = await this.locks.elsewhere();
    this.runs = (await store.list()).map(knownRun);
    this.damaged = await store.damaged();
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
