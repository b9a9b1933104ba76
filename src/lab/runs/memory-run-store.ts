// Runs kept in memory: what is left when the browser stores nothing.
import type { StudyEvent } from '../events.ts';
import type {
  AdapterFiles,
  DamagedRecord,
  RunStore,
  StoredCheckpoint,
  StoredRun,
} from './run-store.ts';

interface Kept {
  events: StudyEvent[];
  checkpoint?: StoredCheckpoint;
  adapters: Record<string, AdapterFiles>;
}

export class MemoryRunStore implements RunStore {
  readonly #runs = new Map<string, StoredRun>();
  readonly #kept = new Map<string, Kept>();

  async list(): Promise<StoredRun[]> {
    return [...this.#runs.values()].sort((a, b) => b.createdAt - a.createdAt);
  }
  async run(id: string): Promise<StoredRun | undefined> {
    return this.#runs.get(id);
  }
  async put(run: StoredRun): Promise<void> {
    this.#runs.set(run.id, structuredClone(run));
  }
  async delete(id: string): Promise<void> {
    this.#runs.delete(id);
    this.#kept.delete(id);
  }
  async appendEvents(id: string, events: readonly StudyEvent[]): Promise<void> {
    this.#of(id).events.push(...events);
  }
  async events(id: string): Promise<StudyEvent[]> {
    return [...this.#of(id).events];
  }
  async intactEvents(id: string): Promise<number> {
    return this.#of(id).events.length;
  }
  async truncateEvents(id: string, count: number): Promise<void> {
    this.#of(id).events.length = Math.min(count, this.#of(id).events.length);
  }
  async putCheckpoint(id: string, checkpoint: StoredCheckpoint): Promise<void> {
    this.#of(id).checkpoint = checkpoint;
  }
  async checkpoint(id: string): Promise<StoredCheckpoint | undefined> {
    return this.#of(id).checkpoint;
  }
  async deleteCheckpoint(id: string): Promise<void> {
    delete this.#of(id).checkpoint;
  }
  async putAdapter(id: string, arm: string, files: AdapterFiles): Promise<void> {
    this.#of(id).adapters[arm] = files;
  }
  async adapters(id: string): Promise<Record<string, AdapterFiles>> {
    return { ...this.#of(id).adapters };
  }

  async damaged(): Promise<readonly DamagedRecord[]> {
    return [];
  }

  #of(id: string): Kept {
    let kept = this.#kept.get(id);
    if (!kept) this.#kept.set(id, (kept = { events: [], adapters: {} }));
    return kept;
  }
}
