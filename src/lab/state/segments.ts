// Where a run was computed: one machine, or several where it had to move.
import type { Environment, EnvironmentEvent } from '../events.ts';

/** A stretch of a run on one machine. */
export interface Segment {
  readonly environment: Environment;
  /** Where the run was gone on with; null for its beginning. */
  readonly from: { readonly arm: string; readonly step: number } | null;
}

/** A run that is gone on with where it was before stays in its segment. */
export function withSegment(
  segments: readonly Segment[],
  { environment, from }: EnvironmentEvent,
): readonly Segment[] {
  const last = segments.at(-1)?.environment;
  if (last && machineKey(last) === machineKey(environment)) return segments;
  return [...segments, { environment, from: (last && from) ?? null }];
}

/** As results.json tells them: one segment is its environment. */
export function segmentsOf(results: {
  readonly environment: Environment | null;
  readonly segments?: readonly Segment[] | undefined;
}): readonly Segment[] {
  const { environment, segments } = results;
  return segments ?? (environment ? [{ environment, from: null }] : []);
}

/** What the same figures can be expected of. */
const machineKey = ({ backend, adapter, model, versions }: Environment) =>
  JSON.stringify([backend, adapter, model, versions]);

/** `webgpu (a GPU), from step 35 of soft on wasm (…)`; null where nothing was computed. */
export function machineText(segments: readonly Segment[]): string | null {
  const [first, ...others] = segments.map(({ environment: { backend, adapter }, from }) => {
    const machine = `${backend} (${adapter})`;
    return from === null ? machine : `from step ${from.step} of ${from.arm} on ${machine}`;
  });
  return first === undefined ? null : [first, ...others].join(', ');
}
