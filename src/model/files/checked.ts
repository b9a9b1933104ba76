// Untrusted JSON against a schema: the checked value, or an InputError that names file and field.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';

/** The largest size of anything countable in a configuration; stops a lying file from exhausting memory. */
const LARGEST = 2 ** 24;

/** A whole number from 1 to `largest`. */
export const wholeNumber = (largest = LARGEST) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(1, 'must be at least 1'),
    v.maxValue(largest, `must be at most ${largest}`),
  );

/** A finite number above 0. */
export const positiveNumber = v.pipe(
  v.number('must be a number'),
  v.finite('must be finite'),
  v.gtValue(0, 'must be above 0'),
);

export const flag = v.boolean('must be true or false');

const tokenId = v.pipe(
  v.number('must be a token id'),
  v.integer('must be a token id'),
  v.minValue(0, 'must be a token id'),
);

/** One token id or a list of them, as `eos_token_id` is written; always given as a list. */
export const endTokenIds = v.pipe(
  v.union([tokenId, v.array(tokenId)], 'must be a token id or a list of them'),
  v.transform((ids) => [ids].flat()),
);

/**
 * `value` as the schema gives it back.
 * @param source What the value was read from, e.g. `config.json`.
 * @throws InputError naming the first offending field, what it must be and what was found.
 */
export function checked<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  source: string,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue);
  const problem =
    issue.input === undefined ? 'is missing' : `${wordsOf(issue)}; found ${shown(issue.input)}`;
  throw new InputError(
    `${source}: ${field ?? 'the content'} ${problem}.`,
    'Use the file as its model was published, or correct the field.',
    field ?? undefined,
  );
}

const KINDS: Readonly<Record<string, string>> = {
  Object: 'an object',
  Array: 'a list',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

/** The schema's own words; where it has none, what it expects, and not how the library says so. */
function wordsOf({ message, expected }: v.BaseIssue<unknown>): string {
  if (!message.startsWith('Invalid ')) return message;
  return `must be ${KINDS[expected ?? ''] ?? expected ?? 'something else'}`;
}

/** A value from a file in an error message, cut to a readable length. */
export function shown(value: unknown): string {
  const text = asJson(value);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'something too deep to show';
  }
}

/**
 * JSON text or UTF-8 bytes, parsed.
 * @throws InputError naming `source` where it is not JSON.
 */
function parseJson(content: string | Uint8Array, source: string): unknown {
  try {
    const text =
      typeof content === 'string'
        ? content
        : new TextDecoder('utf-8', { fatal: true }).decode(content);
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${source}: not valid JSON (${error instanceof Error ? error.message : String(error)}).`,
      'Download the file again; it may be cut off or damaged.',
    );
  }
}

/**
 * As `parseJson`, for content that must be an object.
 * @throws InputError also for a list or a single value.
 */
export function jsonObject(content: string | Uint8Array, source: string): object {
  const value = parseJson(content, source);
  if (isObject(value)) return value;
  throw new InputError(
    `${source}: must be a JSON object; found ${shown(value)}.`,
    'Use the file as its model was published.',
  );
}
