// The header of a safetensors file: which tensors it holds and where, with every claim checked.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { checked, jsonObject, shown } from './checked.ts';
import { jsonFault } from './json-fault.ts';

/**
 * Bytes per element, in the order in which the reference library ranks the types. The format's
 * sub-byte types are left out: no model we read has them.
 */
export const ITEM_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

export type Dtype = keyof typeof ITEM_BYTES;

/** A tensor's place in its file. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bytes from the beginning of the file. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes that tell how long the header is. */
export const LENGTH_BYTES = 8;

/**
 * Bytes of a header, which is parsed whole. The reference library reads up to 100 MB; the largest
 * published, of 20,000 experts in one file, has 3.
 */
const LARGEST_HEADER = 16 * 2 ** 20;

const size = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must not be negative'),
);

const entrySchema = v.object({
  dtype: v.picklist(
    Object.keys(ITEM_BYTES) as Dtype[],
    `must be one of ${Object.keys(ITEM_BYTES).join(', ')}`,
  ),
  shape: v.array(size, 'must be a list of sizes'),
  data_offsets: v.strictTuple([size, size], 'must be two offsets'),
});

const metadataSchema = v.nullish(
  v.record(v.string(), v.string('must be text'), 'must be an object of texts'),
  {},
);

/**
 * Bytes of the header's JSON, which begins after `LENGTH_BYTES`.
 * @param head The first `LENGTH_BYTES` of the file, or all that it has.
 * @param fileBytes Size of the file.
 * @throws InputError where the file cannot hold such a header.
 */
export function headerLength(head: Uint8Array, fileBytes: number, source: string): number {
  if (fileBytes < LENGTH_BYTES) {
    throw damaged(`${source}: ${fileBytes} bytes are too few for a safetensors file`);
  }
  const view = new DataView(head.buffer, head.byteOffset, LENGTH_BYTES);
  const length = Number(view.getBigUint64(0, true));
  if (length > LARGEST_HEADER && length <= fileBytes - LENGTH_BYTES) {
    throw damaged(
      `${source}: a header of ${length} bytes, and at most ${LARGEST_HEADER / 2 ** 20} MiB are read`,
    );
  }
  if (length > fileBytes - LENGTH_BYTES) {
    throw damaged(`${source}: claims a header of ${length} bytes in a file of ${fileBytes}`);
  }
  return length;
}

/**
 * Checked as the reference library does: JSON and keys; every shape against its byte range; ranges
 * that tile the data without gap or overlap.
 * @param json The header's bytes.
 * @param fileBytes Size of the file.
 * @throws InputError naming the file and the tensor.
 */
export function parseHeader(
  json: Uint8Array,
  fileBytes: number,
  source: string,
): SafetensorsHeader {
  const fault = jsonFault(new TextDecoder().decode(json));
  if (fault !== undefined) throw damaged(`${source}: the header ${fault}`);
  const header = jsonObject(json, `${source}: header`);
  const { __metadata__, ...raw } = header as Record<string, unknown>;
  const metadata = checked(metadataSchema, __metadata__, `${source}: __metadata__`);
  const dataStart = LENGTH_BYTES + json.length;
  const entries = new Map(
    Object.entries(raw).map(([name, claim]) => [
      name,
      entryFrom(claim, dataStart, fileBytes, `${source}: tensor ${shown(name)}`),
    ]),
  );
  checkTiling(entries, dataStart, fileBytes, source);
  return { entries, metadata };
}

function entryFrom(
  claim: unknown,
  dataStart: number,
  fileBytes: number,
  where: string,
): TensorEntry {
  const { dtype, shape, data_offsets } = checked(entrySchema, claim, where);
  const [from, to] = data_offsets;
  const held = fileBytes - dataStart;
  if (to > held || from > to) throw damaged(`${where} claims bytes ${from} to ${to} of ${held}`);
  const expected = byteLength(dtype, shape);
  if (to - from !== expected) {
    throw damaged(
      `${where} is ${dtype} ${shown(shape)}, ${expected} bytes, but its range holds ${to - from}`,
    );
  }
  return { dtype, shape, start: dataStart + from, end: dataStart + to };
}

function checkTiling(
  entries: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  fileBytes: number,
  source: string,
): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let covered = dataStart;
  for (const [name, { start, end }] of inOrder) {
    if (start !== covered) {
      const problem = start < covered ? 'overlaps the one before it' : 'leaves a gap before it';
      const range = `bytes ${start - dataStart} to ${end - dataStart}`;
      throw damaged(`${source}: tensor ${shown(name)} ${problem} (${range})`);
    }
    covered = end;
  }
  if (covered === fileBytes) return;
  throw damaged(`${source}: ${fileBytes - covered} bytes at the end belong to no tensor`);
}

/** Infinity where the product cannot be counted, so that it equals no range. */
function byteLength(dtype: Dtype, shape: readonly number[]): number {
  const product = shape.reduce((all, extent) => all * extent, ITEM_BYTES[dtype]);
  return Number.isSafeInteger(product) ? product : Infinity;
}

/** What to throw for a file that is not what it says. */
export function damaged(problem: string): InputError {
  return new InputError(
    `${problem}.`,
    'Download or export the file again; it is cut off, damaged, or not a safetensors file.',
  );
}
