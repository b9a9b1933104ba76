// How large the files may be that describe a model: they are read whole and parsed before anything is known.
import { InputError } from '../../core/errors.ts';

const MIB = 2 ** 20;

/** The largest published: a tokenizer.json of 35 MB (Gemma 3), an index of 9 MB (DeepSeek V3). */
const LARGEST: Readonly<Record<string, number>> = {
  'tokenizer.json': 128 * MIB,
  'model.safetensors.index.json': 64 * MIB,
};

/** Of all others; the largest published is a tokenizer_config.json of 1.2 MB. */
const LARGEST_TEXT = 16 * MIB;

/** Bytes that a file may have by its name; Infinity for weights. */
function sizeLimit(name: string): number {
  return LARGEST[name] ?? (/\.(json|jinja|md)$/.test(name) ? LARGEST_TEXT : Infinity);
}

/** @throws InputError for a file that describes a model and is larger than such files are */
export function refuseLarge(name: string, bytes: number): void {
  const limit = sizeLimit(name);
  if (bytes <= limit) return;
  throw new InputError(
    `${name} has ${bytes} bytes or more, and at most ${limit / MIB} MiB of such a file are read.`,
    'Use the file as its model was published.',
    name,
  );
}
