// Reading numbers and texts of a GGUF file one after the other, never beyond its end.
import { shown } from '../files/checked.ts';
import { damagedGguf } from './faults.ts';

/** Thrown where the bytes at hand end before the file does: come again with more. */
export class MoreNeeded extends Error {
  constructor(
    /** Bytes from the beginning of the file. */
    readonly bytes: number,
  ) {
    super('more of the file is needed');
  }
}

/** Bytes of the numbers of the format, by the type's number. */
export const NUMBER_BYTES: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 },
};
export const [STRING, ARRAY, BOOL] = [8, 9, 7];

export class Cursor {
  at = 0;
  readonly #view: DataView;

  /** @param bytes the beginning of the file @param size of the whole file */
  constructor(
    readonly bytes: Uint8Array,
    readonly size: number,
    private readonly source: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Sees to it that so many bytes are there. @param what is read, for the message */
  need(count: number, what: string): void {
    const end = this.at + count;
    if (end > this.size) {
      throw damagedGguf(
        this.source,
        `${what} needs ${count} bytes, and the file of ${this.size} bytes ends ${this.size - this.at} after its beginning`,
      );
    }
    if (end > this.bytes.length) throw new MoreNeeded(end);
  }

  skip(count: number, what: string): void {
    this.need(count, what);
    this.at += count;
  }

  u32(what: string): number {
    this.need(4, what);
    this.at += 4;
    return this.#view.getUint32(this.at - 4, true);
  }

  /** Too large a number for any file is as wrong as a number beyond its end. */
  u64(what: string): number {
    this.need(8, what);
    this.at += 8;
    return (
      this.#view.getUint32(this.at - 4, true) * 2 ** 32 + this.#view.getUint32(this.at - 8, true)
    );
  }

  /** How many of something follow, each of at least `least` bytes. */
  count(what: string, least: number): number {
    const count = this.u64(`the number of ${what}`);
    const room = Math.floor((this.size - this.at) / least);
    if (count <= room) return count;
    throw damagedGguf(
      this.source,
      `claims ${shown(count)} ${what}, and the rest of its ${this.size} bytes has room for ${room}`,
    );
  }

  /** Passes over a text. */
  skipText(what: string): void {
    this.skip(this.u64(what), what);
  }

  /** @throws InputError where it is longer than `most` bytes, or not UTF-8 */
  text(what: string, most: number): string {
    const length = this.u64(what);
    if (length > most && length <= this.size - this.at) {
      throw damagedGguf(this.source, `${what} has ${length} bytes, and at most ${most} are read`);
    }
    this.skip(length, what);
    try {
      return strict.decode(this.bytes.subarray(this.at - length, this.at));
    } catch {
      throw damagedGguf(this.source, `${what} is not in UTF-8`);
    }
  }

  /** A number of the given type; whole ones beyond 2^53 lose their last digits. */
  number(type: number, what: string): number {
    const size = NUMBER_BYTES[type]!;
    this.need(size, what);
    this.at += size;
    return numberAt(this.#view, this.at - size, type);
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function numberAt(view: DataView, at: number, type: number): number {
  switch (type) {
    case 1:
      return view.getInt8(at);
    case 2:
      return view.getUint16(at, true);
    case 3:
      return view.getInt16(at, true);
    case 4:
      return view.getUint32(at, true);
    case 5:
      return view.getInt32(at, true);
    case 6:
      return view.getFloat32(at, true);
    case 10:
      return Number(view.getBigUint64(at, true));
    case 11:
      return Number(view.getBigInt64(at, true));
    case 12:
      return view.getFloat64(at, true);
    default:
      return view.getUint8(at);
  }
}
