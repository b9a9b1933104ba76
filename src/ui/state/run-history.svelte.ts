// The runs that this browser keeps, newest first.
import { InputError } from '../../core/errors.ts';
import type { StudyEvent } from '../../lab/events.ts';
import { RunLocks } from '../../lab/runs/run-locks.ts';
import { seriesOf } from '../../lab/runs/run-series.ts';
import type { DamagedRecord, RunStore, StoredRun, StoreNotice } from '../../lab/runs/run-store.ts';
import { nameOf } from '../text/run-name.ts';
import { knownRun } from './known-run.ts';

export type OpenStore = (onNotice: (notice: StoreNotice) => void) => Promise<RunStore>;

const TAKEN = {
  message: 'Another tab is working on this run, so it is left alone here.',
  advice: 'Look there, or try again when that tab is done.',
};
const GONE = {
  message: 'This run was deleted in another tab.',
  advice: 'Start it again if you like.',
};

export class RunHistory {
  runs = $state.raw<readonly StoredRun[]>([]);
  /** Whether the store has been looked at, so that an empty history means that there are no runs. */
  isRead = $state(false);
  /** Runs that another tab is working on. */
  elsewhere = $state.raw<readonly string[]>([]);
  /** What the store cannot do in this browser. */
  notice = $state.raw<StoreNotice | null>(null);
  #store: Promise<RunStore> | undefined;
  readonly #locks = new RunLocks();

  /** What is stored but cannot be read, of any run. */
  damaged = $state.raw<readonly DamagedRecord[]>([]);

  /** @param onGone hears of a run that was deleted, here or elsewhere */
  constructor(
    private readonly openStore: OpenStore,
    private readonly onGone: (id: string) => void,
  ) {}

  /** Opened when it is first asked for. */
  get store(): Promise<RunStore> {
    return (this.#store ??= this.openStore((notice) => (this.notice = notice)));
  }

  async refresh(): Promise<void> {
    const store = await this.store;
    this.elsewhere = await this.#locks.elsewhere();
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

  /** A run and those of its other seeds that are done: what there is to compare. */
  comparable(run: StoredRun): StoredRun[] {
    return seriesOf(run, this.runs).filter(({ id, status }) => id === run.id || status === 'done');
  }

  /**
   * Does something to a run as it is stored now, unless another tab has it or it is gone.
   * @param fresh a run that is not stored yet
   */
  async own<T>(
    id: string,
    action: (run: StoredRun) => Promise<T>,
    fresh?: StoredRun,
  ): Promise<T | undefined> {
    const release = await this.#locks.claim(id);
    if (!release) {
      this.notice = TAKEN;
      return undefined;
    }
    try {
      const run = fresh ?? (await (await this.store).run(id));
      if (run) return await action(run);
      this.notice = GONE;
      this.onGone(id);
      return undefined;
    } finally {
      await release();
    }
  }

  async rename({ id }: StoredRun, name: string): Promise<void> {
    await this.own(id, (stored) => this.put({ ...stored, name }));
  }

  async remove({ id }: StoredRun): Promise<void> {
    await this.own(id, async () => {
      await (await this.store).delete(id);
      this.onGone(id);
    });
    await this.refresh();
  }

  /**
   * Keeps a run that a person brings as files.
   * @throws InputError where they are none, or the run is here already
   */
  async bring(files: readonly File[]): Promise<StoredRun> {
    const [{ importedRun }, { broughtFiles }] = await Promise.all([
      import('../../lab/archive/imported-run.ts'),
      import('../archive/brought-files.ts'),
    ]);
    const { run, events, adapters } = importedRun(await broughtFiles(files), nameOf, Date.now());
    const store = await this.store;
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
    await this.refresh();
    return this.runs.find(({ id }) => id === run.id) ?? run;
  }
}
