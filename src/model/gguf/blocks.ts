// What the blocks of each quantised type stand for: codes with a scale and often a minimum.
import type { BlockCodes, CodeForm } from '../../tensor/block-codes.ts';
import { BLOCK_TYPES, type BlockType } from '../files/block-types.ts';
import { widenF16 } from '../files/float-formats.ts';

/** Values that share a scale in every type but Q6_K. */
const SUB = 32;

/** Values in a block of the K types. */
const LONG = 256;

/** What a block's reader fills: the codes, scales and minimums of one block. */
interface Places {
  readonly bytes: Uint8Array;
  readonly codes: Uint8Array | Int8Array;
  readonly scales: Float32Array;
  readonly minimums: Float32Array;
}

type Reader = (places: Places, from: number, code: number, scale: number) => void;

interface Kind extends CodeForm {
  /** Reads the block at byte `from`, whose first code and first scale have these places. */
  readonly read: Reader;
}

const HALVES = widenF16(Uint16Array.from({ length: 1 << 16 }, (_, i) => i));

const half = (bytes: Uint8Array, at: number) => HALVES[bytes[at]! | (bytes[at + 1]! << 8)]!;

/** Low halves of 16 bytes, then the high ones, and the bits above them, less `bias`. */
function nibbles(
  { bytes, codes }: Places,
  from: number,
  to: number,
  bias: number,
  upper: (i: number) => number = () => 0,
): void {
  for (let i = 0; i < SUB / 2; i++) {
    const pair = bytes[from + i]!;
    codes[to + i] = ((pair & 15) | (upper(i) << 4)) - bias;
    codes[to + i + 16] = ((pair >> 4) | (upper(i + 16) << 4)) - bias;
  }
}

/** Bit i of the 32 at a place. */
const bit = (bytes: Uint8Array, at: number) => (i: number) =>
  (bytes[at + (i >> 3)]! >> (i & 7)) & 1;

/** Six bits each of scale and minimum of the eight parts of a block of Q4_K and Q5_K. */
function packedScale(s: Uint8Array, at: number, j: number): readonly [number, number] {
  if (j < 4) return [s[at + j]! & 63, s[at + j + 4]! & 63];
  return [
    (s[at + j + 4]! & 15) | ((s[at + j - 4]! >> 6) << 4),
    (s[at + j + 4]! >> 4) | ((s[at + j]! >> 6) << 4),
  ];
}

function longScales({ bytes, scales, minimums }: Places, from: number, scale: number): void {
  const [d, e] = [half(bytes, from), half(bytes, from + 2)];
  for (let j = 0; j < LONG / SUB; j++) {
    const [s, m] = packedScale(bytes, from + 4, j);
    scales[scale + j] = d * s;
    minimums[scale + j] = -Math.fround(e * m);
  }
}

const KINDS: Readonly<Record<BlockType, Kind>> = {
  Q4_0: {
    ...{ bits: 8, block: 32, hasMinimums: false },
    read(places, from, code, scale) {
      places.scales[scale] = half(places.bytes, from);
      nibbles(places, from + 2, code, 8);
    },
  },
  Q4_1: {
    ...{ bits: 4, block: 32, hasMinimums: true },
    read(places, from, code, scale) {
      places.scales[scale] = half(places.bytes, from);
      places.minimums[scale] = half(places.bytes, from + 2);
      nibbles(places, from + 4, code, 0);
    },
  },
  Q5_0: {
    ...{ bits: 8, block: 32, hasMinimums: false },
    read(places, from, code, scale) {
      places.scales[scale] = half(places.bytes, from);
      nibbles(places, from + 6, code, 16, bit(places.bytes, from + 2));
    },
  },
  Q5_1: {
    ...{ bits: 8, block: 32, hasMinimums: true },
    read(places, from, code, scale) {
      places.scales[scale] = half(places.bytes, from);
      places.minimums[scale] = half(places.bytes, from + 2);
      nibbles(places, from + 8, code, 0, bit(places.bytes, from + 4));
    },
  },
  Q8_0: {
    ...{ bits: 8, block: 32, hasMinimums: false },
    read({ bytes, codes, scales }, from, code, scale) {
      scales[scale] = half(bytes, from);
      for (let i = 0; i < SUB; i++) codes[code + i] = bytes[from + 2 + i]!;
    },
  },
  Q4_K: {
    ...{ bits: 4, block: 32, hasMinimums: true },
    read(places, from, code, scale) {
      longScales(places, from, scale);
      for (let i = 0; i < LONG; i++) {
        const pair = places.bytes[from + 16 + 32 * (i >> 6) + (i & 31)]!;
        places.codes[code + i] = i & 32 ? pair >> 4 : pair & 15;
      }
    },
  },
  Q5_K: {
    ...{ bits: 8, block: 32, hasMinimums: true },
    read(places, from, code, scale) {
      longScales(places, from, scale);
      for (let i = 0; i < LONG; i++) {
        const pair = places.bytes[from + 48 + 32 * (i >> 6) + (i & 31)]!;
        const fifth = (places.bytes[from + 16 + (i & 31)]! >> (i >> 5)) & 1;
        places.codes[code + i] = (i & 32 ? pair >> 4 : pair & 15) | (fifth << 4);
      }
    },
  },
  Q6_K: {
    ...{ bits: 8, block: 16, hasMinimums: false },
    read({ bytes, codes, scales }, from, code, scale) {
      const d = half(bytes, from + 208);
      for (let j = 0; j < LONG / 16; j++) {
        scales[scale + j] = d * ((bytes[from + 192 + j]! << 24) >> 24);
      }
      for (let i = 0; i < LONG; i++) {
        const [side, quarter, l] = [i >> 7, (i >> 5) & 3, i & 31];
        const pair = bytes[from + 64 * side + 32 * (quarter & 1) + l]!;
        const upper = (bytes[from + 128 + 32 * side + l]! >> (2 * quarter)) & 3;
        codes[code + i] = ((quarter < 2 ? pair & 15 : pair >> 4) | (upper << 4)) - 32;
      }
    },
  },
};

/** Codes with exactly ggml's values, signs of zeros included. @param bytes of whole rows */
function unpacked(type: BlockType, bytes: Uint8Array, rows: number, columns: number): BlockCodes {
  const layout = BLOCK_TYPES[type];
  const { bits, block, hasMinimums, read } = KINDS[type];
  const [count, perBlock] = [rows * columns, layout.values / block];
  const places = {
    bytes,
    codes: bits === 4 ? new Uint8Array(count) : new Int8Array(count),
    scales: new Float32Array(count / block),
    minimums: new Float32Array(hasMinimums ? count / block : 0),
  };
  for (let i = 0; i * layout.values < count; i++) {
    read(places, i * layout.bytes, i * layout.values, i * perBlock);
  }
  const { codes, scales, minimums } = places;
  return { rows, columns, bits, block, codes, scales, ...(hasMinimums && { minimums }) };
}

/** What `blockCodes` gives. */
export function codeForm(type: BlockType): CodeForm {
  const { bits, block, hasMinimums } = KINDS[type];
  return type === 'Q4_0' ? { bits: 4, block, hasMinimums: true } : { bits, block, hasMinimums };
}

/**
 * The codes of rows of a quantised matrix. Those of Q4_0 are unsigned, with a minimum in the place of the 8
 * that ggml subtracts: the same values, as products of a half and a few bits are exact, and half the memory.
 * @param bytes of whole rows
 */
export function blockCodes(
  type: BlockType,
  bytes: Uint8Array,
  rows: number,
  columns: number,
): BlockCodes {
  const codes = unpacked(type, bytes, rows, columns);
  if (type !== 'Q4_0') return codes;
  return {
    ...codes,
    bits: 4,
    codes: Uint8Array.from(codes.codes, (code) => code + 8),
    minimums: codes.scales.map((scale) => -8 * scale),
  };
}

/** The values of rows of a quantised matrix, to the bit those of ggml's own conversion. */
export function blockValues(
  type: BlockType,
  bytes: Uint8Array,
  rows: number,
  columns: number,
): Float32Array<ArrayBuffer> {
  const { codes, scales, minimums, block } = unpacked(type, bytes, rows, columns);
  const values = new Float32Array(rows * columns);
  for (let b = 0; b < scales.length; b++) {
    const scale = scales[b]!;
    const [from, to] = [b * block, (b + 1) * block];
    if (minimums) {
      const minimum = minimums[b]!;
      for (let i = from; i < to; i++) values[i] = Math.fround(scale * codes[i]!) + minimum;
    } else for (let i = from; i < to; i++) values[i] = scale * codes[i]!;
  }
  return values;
}
