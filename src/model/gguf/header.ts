// The header of a GGUF file: its keys, and which tensors it holds where, with every claim checked.
//
// A parser of our own: the published one (@huggingface/gguf) takes seconds and 140 MB for a large vocabulary,
// which this one leaves as bytes, refuses headers above 50 MB, and neither bounds counts nor knows tensors.
import { shown } from '../files/checked.ts';
import { Cursor } from './cursor.ts';
import { damagedGguf, unusable } from './faults.ts';
import { Metadata, readEntry, type MetadataEntry } from './metadata.ts';
import { isReadable, LAYOUTS, typeName, type GgufType } from './types.ts';

/** A tensor's place in its file. */
export interface GgufEntry {
  readonly type: GgufType;
  /** Row-major, as elsewhere: the file has them in the other order. */
  readonly shape: readonly number[];
  /** Bytes from the beginning of the file. */
  readonly start: number;
  readonly end: number;
}

export interface GgufHeader {
  readonly metadata: Metadata;
  readonly entries: ReadonlyMap<string, GgufEntry>;
}

/** The format's first four bytes: "GGUF". */
const MAGIC = 0x46554747;

/** Older ones of the same name, and files that are something else. */
const OTHER_MAGIC: Readonly<Record<number, string>> = {
  0x67676d6c: 'GGML', // "lmgg"
  0x67676d66: 'GGMF',
  0x67676a74: 'GGJT',
  0x47475546: 'a GGUF file of a machine that writes numbers the other way round (big-endian)',
};

/** Bytes of a tensor's name: ggml itself keeps 63. */
const LONGEST_NAME = 256;

const MOST_AXES = 4;

/** What tensors begin at multiples of, where the file does not say. */
const ALIGNMENT = 32;

/** Files in use have 32; a page of memory is more than any reason asks for. */
const LARGEST_ALIGNMENT = 2 ** 16;

/**
 * @param bytes the beginning of the file @param size of the whole file in bytes
 * @throws MoreNeeded where the header goes on after `bytes`; InputError where anything in it is wrong
 */
export function parseGguf(bytes: Uint8Array, size: number, source: string): GgufHeader {
  const cursor = new Cursor(bytes, size, source);
  checkVersion(cursor, source);
  // A name of one byte and its length, axes, one of them, type, offset; a key of one byte, a type and a byte.
  const tensorCount = cursor.count('tensors', 8 + 1 + 4 + 8 + 4 + 8);
  const keyCount = cursor.count('keys', 8 + 1 + 4 + 1);
  const keys = new Map<string, MetadataEntry>();
  for (let i = 0; i < keyCount; i++) {
    const [key, entry] = readEntry(cursor, source);
    if (keys.has(key)) throw damagedGguf(source, `has the key ${shown(key)} twice`);
    keys.set(key, entry);
  }
  const claims = new Map<string, ReturnType<typeof readClaim>>();
  for (let i = 0; i < tensorCount; i++) {
    const name = cursor.text("a tensor's name", LONGEST_NAME);
    if (claims.has(name)) throw damagedGguf(source, `has the tensor ${shown(name)} twice`);
    claims.set(name, readClaim(cursor, name, source));
  }
  const metadata = new Metadata(keys, bytes.subarray(0, cursor.at), source);
  const alignment = alignmentOf(metadata);
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  const entries = new Map(
    [...claims].map(([name, claim]) => {
      const where = `tensor ${shown(name)}`;
      if (claim.offset % alignment !== 0) {
        throw damagedGguf(
          source,
          `${where} begins at ${claim.offset}, no multiple of ${alignment}`,
        );
      }
      const start = dataStart + claim.offset;
      const end = start + claim.bytes;
      if (end > size) {
        throw damagedGguf(source, `${where} ends at byte ${end} of a file of ${size}`);
      }
      return [name, { type: claim.type, shape: claim.shape, start, end }] as const;
    }),
  );
  checkOverlap(entries, source);
  return { metadata, entries };
}

function checkVersion(cursor: Cursor, source: string): void {
  const magic = cursor.u32('the first word');
  if (magic !== MAGIC) {
    const kind = OTHER_MAGIC[magic];
    throw unusable(
      source,
      kind ? `is ${kind}, which is not supported` : 'does not begin with the word GGUF',
      'Use a GGUF file of version 2 or 3 as llama.cpp writes them.',
    );
  }
  const version = cursor.u32('the version');
  // Version 1 counted in 32 bits; 2 and 3 are laid out alike.
  if (version === 2 || version === 3) return;
  throw unusable(
    source,
    `is GGUF of version ${version}; versions 2 and 3 are supported`,
    'Convert the model again with a present llama.cpp.',
  );
}

function readClaim(cursor: Cursor, name: string, source: string) {
  const where = `tensor ${shown(name)}`;
  const axes = cursor.u32(where);
  if (axes < 1 || axes > MOST_AXES) {
    throw damagedGguf(source, `${where} has ${axes} axes; 1 to ${MOST_AXES} are possible`);
  }
  const dims = Array.from({ length: axes }, () => cursor.u64(where));
  const type = typeName(cursor.u32(where));
  const offset = cursor.u64(where);
  if (!isReadable(type)) {
    throw unusable(
      source,
      `${where} is of ${type}, which is not supported`,
      `Use a file of the same model in one of ${Object.keys(LAYOUTS).join(', ')}, for example Q4_K_M or Q8_0.`,
    );
  }
  const count = dims.reduce((all, extent) => all * extent, 1);
  const layout = LAYOUTS[type];
  if (count < 1 || !Number.isSafeInteger(count)) {
    throw damagedGguf(source, `${where} has the impossible shape ${shown(dims)}`);
  }
  if (dims[0]! % layout.values !== 0) {
    throw damagedGguf(source, `${where} has rows of ${dims[0]}, no whole blocks of ${type}`);
  }
  const bytes = (count / layout.values) * layout.bytes;
  return { type, shape: dims.toReversed(), offset, bytes };
}

function alignmentOf(metadata: Metadata): number {
  const alignment = metadata.number('general.alignment') ?? ALIGNMENT;
  const whole = Number.isInteger(alignment) && alignment >= 1 && alignment <= LARGEST_ALIGNMENT;
  if (whole && Number.isInteger(Math.log2(alignment))) return alignment;
  throw damagedGguf(
    metadata.source,
    `general.alignment is ${alignment}; it must be a power of two up to ${LARGEST_ALIGNMENT}`,
  );
}

function checkOverlap(entries: ReadonlyMap<string, GgufEntry>, source: string): void {
  const sorted = [...entries].sort(([, a], [, b]) => a.start - b.start);
  sorted.forEach(([name, { start }], i) => {
    const [before, previous] = sorted[i - 1] ?? [];
    if (previous && previous.end > start) {
      throw damagedGguf(source, `tensors ${shown(before)} and ${shown(name)} overlap`);
    }
  });
}
