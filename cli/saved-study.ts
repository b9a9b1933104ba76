// What a study is gone on with, as bytes with a checksum.
import { deserialize, serialize } from 'node:v8';
import type { Checkpoint, StudyEvent } from '../src/lab/events.ts';
import { crc32 } from '../src/lab/runs/sealed.ts';

/** What lies in the folder while the study is not done. */
export interface Saved {
  readonly checkpoint: Checkpoint;
  /** What results are made from, as far as it was reported before the checkpoint, but the answers. */
  readonly events: readonly StudyEvent[];
  /** Targets and last answers; folders of earlier versions have none. */
  readonly answers?: readonly StudyEvent[];
}

/** Of the way it is written; that of earlier versions was the bare state. */
const VERSION = 2;

export function packed(saved: Saved): Uint8Array {
  const bytes = serialize(saved);
  return serialize({ version: VERSION, checksum: crc32(bytes), bytes });
}

/** Undefined where it is not what was written. */
export function unpacked(file: Uint8Array): Saved | undefined {
  try {
    const outer = deserialize(file) as Saved | Packed;
    const saved = 'bytes' in outer ? (deserialize(checked(outer)) as Saved) : outer;
    const { arm, step } = saved.checkpoint;
    return typeof arm === 'string' && Number.isInteger(step) && Array.isArray(saved.events)
      ? saved
      : undefined;
  } catch {
    return undefined;
  }
}

interface Packed {
  readonly version: number;
  readonly checksum: number;
  readonly bytes: Uint8Array;
}

function checked({ checksum, bytes }: Packed): Uint8Array {
  if (crc32(bytes) !== checksum) throw new Error('the checksum is another');
  return bytes;
}
