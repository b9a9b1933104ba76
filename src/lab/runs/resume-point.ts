// Where a stored run can be gone on with.
import type { Checkpoint, StudyEvent } from '../events.ts';
import type { RunStore } from './run-store.ts';

export interface ResumePoint {
  /** Undefined where the run has to begin anew. */
  readonly checkpoint: Checkpoint | undefined;
  /** What happened before it. */
  readonly events: readonly StudyEvent[];
}

/**
 * Rewinds a run to its last checkpoint: what was stored after it will happen again. A checkpoint whose
 * events are not all there would leave a gap in the results, so the run then begins anew.
 */
export async function rewind(store: RunStore, id: string): Promise<ResumePoint> {
  const stored = await store.checkpoint(id);
  const usable = stored && stored.events <= (await store.intactEvents(id)) ? stored : undefined;
  await store.truncateEvents(id, usable?.events ?? 0);
  return { checkpoint: usable?.checkpoint, events: await store.events(id) };
}
