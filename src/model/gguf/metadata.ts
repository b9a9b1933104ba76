// The keys of a GGUF file and their values. Lists stay bytes until they are asked for: a vocabulary is large.
import { shown } from '../files/checked.ts';
import { ARRAY, BOOL, Cursor, NUMBER_BYTES, numberAt, STRING } from './cursor.ts';
import { damagedGguf, unusable } from './faults.ts';
import { shortText } from './short-text.ts';

/** The longest key by the format's own rule. */
const LONGEST_KEY = 2 ** 16 - 1;

/** Bytes of a text by itself: the longest, chat templates, have some tens of thousands. */
const LONGEST_TEXT = 2 ** 20;

interface List {
  readonly type: number;
  readonly count: number;
  /** Bytes from the beginning of the file. */
  readonly start: number;
}

type Value = string | number | boolean | List;

export interface MetadataEntry {
  readonly value: Value;
  /** Its type and value, in bytes from the beginning of the file. */
  readonly start: number;
  readonly end: number;
}

export class Metadata {
  readonly #entries: ReadonlyMap<string, MetadataEntry>;
  readonly #bytes: Uint8Array;

  /** @param bytes the beginning of the file @param source what to call it */
  constructor(
    entries: ReadonlyMap<string, MetadataEntry>,
    bytes: Uint8Array,
    readonly source: string,
  ) {
    this.#entries = entries;
    this.#bytes = bytes;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Every key with its type and value as the file has them. */
  *stored(): Generator<readonly [string, Uint8Array]> {
    for (const [key, { start, end }] of this.#entries)
      yield [key, this.#bytes.subarray(start, end)];
  }

  /** Undefined where there is no such key. @throws InputError for a value of another kind */
  text(key: string): string | undefined {
    const value = this.#entries.get(key)?.value;
    if (value === undefined || typeof value === 'string') return value;
    throw this.#wrong(key, 'a text');
  }

  number(key: string): number | undefined {
    const value = this.#entries.get(key)?.value;
    if (value === undefined || typeof value === 'number') return value;
    throw this.#wrong(key, 'a number');
  }

  flag(key: string): boolean | undefined {
    const value = this.#entries.get(key)?.value;
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#wrong(key, 'true or false');
  }

  /** A list of numbers, or of flags as 0 and 1. */
  numbers(key: string): number[] | undefined {
    const list = this.#list(key);
    if (list === undefined) return undefined;
    if (list.type === STRING) throw this.#wrong(key, 'a list of numbers');
    const { type, count, start } = list;
    const size = NUMBER_BYTES[type]!;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start, count * size);
    return Array.from({ length: count }, (_, i) => numberAt(view, i * size, type));
  }

  /** A list of texts. Bytes that are no UTF-8 become U+FFFD: some vocabularies have such tokens. */
  texts(key: string): string[] | undefined {
    const list = this.#textList(key);
    if (list === undefined) return undefined;
    const cursor = this.#cursorAt(list);
    return Array.from({ length: list.count }, () => nextText(cursor, key));
  }

  /** One of a list of texts, without the others. */
  textAt(key: string, index: number): string | undefined {
    const list = this.#textList(key);
    const isThere = Number.isInteger(index) && index >= 0 && index < (list?.count ?? 0);
    if (list === undefined || !isThere) return undefined;
    const cursor = this.#cursorAt(list);
    for (let i = 0; i < index; i++) cursor.skipText(key);
    return nextText(cursor, key);
  }

  /** How many values a list has. */
  count(key: string): number | undefined {
    return this.#list(key)?.count;
  }

  /** Whether the value of the key is a list. */
  isList(key: string): boolean {
    return typeof this.#entries.get(key)?.value === 'object';
  }

  #textList(key: string): List | undefined {
    const list = this.#list(key);
    if (list === undefined || list.type === STRING) return list;
    throw this.#wrong(key, 'a list of texts');
  }

  #cursorAt({ start }: List): Cursor {
    const cursor = new Cursor(this.#bytes, this.#bytes.length, this.source);
    cursor.at = start;
    return cursor;
  }

  #list(key: string): List | undefined {
    const value = this.#entries.get(key)?.value;
    if (value === undefined || typeof value === 'object') return value;
    throw this.#wrong(key, 'a list');
  }

  #wrong(key: string, expected: string) {
    return unusable(
      this.source,
      `${key} must be ${expected}`,
      'Use the file as its model was published.',
      key,
    );
  }
}

function nextText(cursor: Cursor, key: string): string {
  const length = cursor.u64(key);
  cursor.at += length;
  const [from, to] = [cursor.at - length, cursor.at];
  return shortText(cursor.bytes, from, to) ?? lenient.decode(cursor.bytes.subarray(from, to));
}

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** The next key and its value; every list is passed over. */
export function readEntry(cursor: Cursor, source: string): readonly [string, MetadataEntry] {
  const key = cursor.text('a key', LONGEST_KEY);
  const start = cursor.at;
  const type = cursor.u32(`the type of ${shown(key)}`);
  const value =
    type === ARRAY ? passedList(cursor, key, source) : single(cursor, key, type, source);
  return [key, { value, start, end: cursor.at }];
}

function single(cursor: Cursor, key: string, type: number, source: string): Value {
  if (type === STRING) return cursor.text(shown(key), LONGEST_TEXT);
  checkType(type, key, source);
  const value = cursor.number(type, shown(key));
  if (type !== BOOL) return value;
  if (value <= 1) return value === 1;
  throw damagedGguf(source, `${shown(key)} must be true (1) or false (0) and is ${value}`);
}

function passedList(cursor: Cursor, key: string, source: string): List {
  const type = cursor.u32(`the type of ${shown(key)}`);
  if (type === ARRAY)
    throw damagedGguf(source, `${shown(key)} is a list of lists, which no model has`);
  if (type !== STRING) checkType(type, key, source);
  const size = type === STRING ? 8 : NUMBER_BYTES[type]!;
  const count = cursor.count(`values of ${shown(key)}`, size);
  const start = cursor.at;
  if (type === STRING) for (let i = 0; i < count; i++) cursor.skipText(shown(key));
  else cursor.skip(count * size, shown(key));
  return { type, count, start };
}

function checkType(type: number, key: string, source: string): void {
  if (NUMBER_BYTES[type] !== undefined) return;
  throw damagedGguf(source, `${shown(key)} is of type ${type}, which the format does not have`);
}
