// A tensor of a GGUF file as checkpoints have them, read some rows at a time.
import { InputError } from '../../core/errors.ts';
import { isBlockType } from '../files/block-types.ts';
import { shown } from '../files/checked.ts';
import { memoryTensor, type CheckpointTensor } from '../files/stored-tensor.ts';
import { blockCodes, blockValues, codeForm } from './blocks.ts';
import type { GgufEntry } from './header.ts';
import { LAYOUTS } from './types.ts';

/** Bytes `from` up to, but without, `to` of the file. */
export type LoadBytes = (from: number, to: number) => Promise<Uint8Array>;

export interface GgufView {
  /** The row of the file that is each row of the tensor, within every `order.length` rows. */
  readonly order?: readonly number[] | undefined;
  /** What is added to every value: norms of some families are stored with the 1 added that they add. */
  readonly plus?: number | undefined;
}

/**
 * The tensor as Hugging Face's checkpoint has it. A row is stored whole, so that rows in another order are
 * put back as bytes.
 * @param where what to call it in errors
 */
export function ggufTensor(
  { type, shape, start }: GgufEntry,
  load: LoadBytes,
  where: string,
  { order, plus = 0 }: GgufView = {},
): CheckpointTensor {
  // A vector has rows of one: those of a bias are put in order, too.
  const columns = shape.length > 1 ? shape.at(-1)! : 1;
  const size = shape.reduce((all, extent) => all * extent, 1);
  const { values, bytes } = LAYOUTS[type];
  const rowBytes = (columns / values) * bytes;
  const rows = async (from: number, to: number): Promise<Uint8Array> => {
    const [first, end] = order ? wholeGroups(from, to, order.length) : [from, to];
    const stored = await load(start + first * rowBytes, start + end * rowBytes);
    if (!order) return stored;
    const put = new Uint8Array((to - from) * rowBytes);
    for (let row = from; row < to; row++) {
      const group = row - (row % order.length);
      const at = (group + order[row % order.length]! - first) * rowBytes;
      put.set(stored.subarray(at, at + rowBytes), (row - from) * rowBytes);
    }
    return put;
  };
  const common = { dtype: type, shape };
  if (isBlockType(type)) {
    const refused = () => Promise.reject(notPlain(where, type));
    return {
      ...common,
      async read(from = 0, to = size) {
        const [first, end] = [Math.floor(from / columns), Math.ceil(to / columns)];
        const values = blockValues(type, await rows(first, end), end - first, columns);
        return values.subarray(from - first * columns, to - first * columns);
      },
      codeForm: codeForm(type),
      codes: async (from = 0, to = size / columns) =>
        blockCodes(type, await rows(from, to), to - from, columns),
      ...{ bytes: refused, bits: refused },
    };
  }
  /** Some whole rows in memory, and where in them the wanted values are. */
  const part = async (from: number, to: number) => {
    const [first, end] = [Math.floor(from / columns), Math.ceil(to / columns)];
    const held = memoryTensor(type, [(end - first) * columns], await rows(first, end), where);
    return { held, range: [from - first * columns, to - first * columns] as const };
  };
  return {
    ...common,
    async read(from = 0, to = size) {
      const { held, range } = await part(from, to);
      const values = held.read(...range);
      return plus === 0 ? values : values.map((value) => value + plus);
    },
    async bytes(from = 0, to = size) {
      const { held, range } = await part(from, to);
      return held.bytes(...range);
    },
    async bits(from = 0, to = size) {
      const { held, range } = await part(from, to);
      return held.bits(...range);
    },
  };
}

/**
 * The tensors that lie one after the other in one, along its first dimension.
 * @throws InputError where it has not so many
 */
export function stackedIn(entry: GgufEntry, count: number, where: string): GgufEntry[] {
  const [first, ...shape] = entry.shape;
  if (first !== count || shape.length < 2) {
    throw new InputError(
      `${where} has shape ${shown(entry.shape)}, expected ${count} matrices.`,
      'Use the file as its model was published.',
    );
  }
  const bytes = (entry.end - entry.start) / count;
  return Array.from({ length: count }, (_, i) => {
    const start = entry.start + i * bytes;
    return { type: entry.type, shape, start, end: start + bytes };
  });
}

/** Whole groups of so many rows around some. */
function wholeGroups(from: number, to: number, length: number): readonly [number, number] {
  return [from - (from % length), Math.ceil(to / length) * length];
}

function notPlain(where: string, type: string): InputError {
  return new InputError(
    `${where} is ${type}, which has no value by itself.`,
    'Use a version of the model that is not quantised.',
  );
}
