// What is thrown for a GGUF file that cannot be used.
import { InputError } from '../../core/errors.ts';

/** A file that is broken. @param source what to call it */
export function damagedGguf(source: string, problem: string, field = 'model'): InputError {
  return new InputError(
    `${source}: ${problem}.`,
    'Download or convert the file again; it is cut off, damaged, or was not written as GGUF.',
    field,
  );
}

/** A file that is whole, but nothing that the lab can use. */
export function unusable(source: string, problem: string, advice: string, field = 'model') {
  return new InputError(`${source}: ${problem}.`, advice, field);
}
