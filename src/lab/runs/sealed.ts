// Records that say which version wrote them and what they add up to, so that a damaged one is known.
import { toBytes } from '../wire.ts';

/** Of the way records are written. Those of version 1 had neither a version nor a checksum. */
const VERSION = 2;

/** What is written beside a record's own fields. */
export interface Seal {
  readonly version: number;
  readonly checksum: number;
}

/** @param record plain data: structured cloning must be able to carry it */
export function sealed<T extends object>(record: T): T & Seal {
  return { ...record, version: VERSION, checksum: checksumOf(record) };
}

/** The record, or undefined where it is not what was written. What a newer version wrote is taken at its word. */
export function unsealed<T extends object>(stored: unknown): T | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { version, checksum, ...record } = stored as T & Partial<Seal>;
  if (version !== VERSION) return record as unknown as T;
  return checksumOf(record) === checksum ? (record as unknown as T) : undefined;
}

/** What cannot be written down has no checksum, and agrees with none. */
function checksumOf(record: object): number {
  try {
    return crc32(toBytes(record));
  } catch {
    return NaN;
  }
}

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** The checksum of zip and PNG files. */
export function crc32(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
