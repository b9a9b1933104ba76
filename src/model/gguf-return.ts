// Whether the keys of a GGUF file say all that a decoder is made of: they are read back and compared.
import { decoderSpecFrom, MODEL_FAMILIES } from './families/index.ts';
import { memoryFolder } from './files/model-files.ts';
import { ggufConfig } from './gguf/config.ts';
import type { GgufDescription } from './gguf/description.ts';
import { openGguf } from './gguf/open.ts';
import { writeGguf, type TensorInMemory } from './gguf/writer.ts';
import { ggufNames } from './gguf-names.ts';
import type { ModelCheckpoint } from './model-folder.ts';
import type { DecoderSpec } from './spec/decoder-spec.ts';

/** Keys are f32, and so are the quotients that frequencies come back from. */
const ROUNDING = 1e-5;

/** What parts of a decoder are called where files cannot say them. */
const NAMES: Partial<Record<keyof DecoderSpec, string>> = {
  attention: 'layers that attend in ways of their own',
  ropes: 'positions that are stretched in a way of their own',
  attentionScale: 'a scale of attention of its own',
  mlp: 'an MLP or experts of another kind',
};

/** Said by the tensors, the tokenizer or nobody. */
const ELSEWHERE: readonly (keyof DecoderSpec)[] = ['family', 'endTokens', 'moduleNames'];

/** @returns what a reader of the file would not know, in words; undefined where it would know everything */
export async function lostInGguf(
  { spec, tensors }: ModelCheckpoint,
  { dialect, keys, vectors }: GgufDescription,
): Promise<string | undefined> {
  const name = 'model.gguf';
  const stored = [...ggufNames(spec, dialect)].filter(([, { names }]) => tensors.has(names[0]!));
  // Of tensors readers ask whether they are there, and of one how many rows it has.
  const there = new Map<string, TensorInMemory>(
    stored.map(([tensor, { names }]) => [tensor, zeros(tensors.get(names[0]!)!.shape[0]!)]),
  );
  for (const [vector, values] of vectors) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    there.set(vector, { type: 'F32', shape: [values.length], bytes });
  }
  const file = await openGguf(memoryFolder(new Map([[name, writeGguf(keys, there)]])), name);
  const { type } = MODEL_FAMILIES.find(({ gguf }) => gguf?.architecture === dialect.architecture)!;
  const again = decoderSpecFrom(await ggufConfig(file, type, dialect), name);
  const parts = Object.keys({ ...spec, ...again }) as (keyof DecoderSpec)[];
  const lost = parts.find((part) => !ELSEWHERE.includes(part) && !alike(spec[part], again[part]));
  return lost && (NAMES[lost] ?? `another ${lost} than its keys say`);
}

const zeros = (rows: number): TensorInMemory => ({
  type: 'F32',
  shape: [rows, 1],
  bytes: new Uint8Array(4 * rows),
});

/** Equal but for the rounding of numbers. Parts of a spec are few levels deep. */
function alike(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'number') {
    return left === right || Math.abs(left - right) <= ROUNDING * Math.abs(left);
  }
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) {
    return left === right;
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => alike(left[key as never], right[key as never]));
}
