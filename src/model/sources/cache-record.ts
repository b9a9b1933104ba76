// What the cache knows of a model it keeps: its files, their pieces, and whether all is there.
import * as v from 'valibot';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const pieceSchema = v.object({ bytes: count, sha256: v.string() });

const fileSchema = v.object({
  /** Version that the server gave the file, or the checksum that the source promised. */
  version: v.nullable(v.string()),
  /** In order. Each is checked whenever it is read, so a torn write is never taken for data. */
  pieces: v.array(pieceSchema),
  /** All bytes are here, and they are the promised ones. */
  whole: v.boolean(),
});

const recordSchema = v.object({
  format: v.literal(1),
  id: v.string(),
  requested: v.string(),
  revision: v.string(),
  /** Milliseconds since 1970. */
  usedAt: v.number(),
  files: v.record(v.string(), fileSchema),
  /** Names that were asked for and are not there, as far as the source could not say so itself. */
  absent: v.array(v.string()),
  /** The files that a load read from the first to the last; missing until one has come to its end. */
  needed: v.optional(v.array(v.string())),
});

export type CachedFile = v.InferOutput<typeof fileSchema>;
export type CacheRecord = v.InferOutput<typeof recordSchema>;
/** What a record says beside its format and its last use. */
export type RecordContent = Omit<CacheRecord, 'format' | 'usedAt'>;
export type Piece = v.InferOutput<typeof pieceSchema>;

export const bytesKept = (file: CachedFile): number =>
  file.pieces.reduce((sum, piece) => sum + piece.bytes, 0);

/** Whether loading the model needs nothing more: a part of its files may each be whole, too. */
export const isWhole = ({ files, needed }: CacheRecord): boolean =>
  needed !== undefined &&
  needed.every((name) => files[name] !== undefined) &&
  Object.values(files).every(({ whole }) => whole);

/** Undefined where the bytes are not a record, e.g. those of a write that was cut off. */
export function recordFrom(bytes: Uint8Array): CacheRecord | undefined {
  try {
    return v.parse(recordSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
