// Untrusted lists of records: one JSON value a line, or one JSON list; errors name the place and field.
import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import { shown } from '../model/files/checked.ts';

/** A value and where it stands, e.g. `questions.jsonl, line 12`. */
export interface SourcedValue {
  readonly value: unknown;
  /** Counted from 1. */
  readonly number: number;
  readonly place: string;
}

/** More records than any evaluation needs, and fewer than exhaust memory. */
export const MOST_RECORDS = 100_000;
/** UTF-16 units of a single text. */
const LONGEST_TEXT = 1_000_000;

/**
 * The values of JSON Lines; blank lines are skipped.
 * @throws InputError naming the line that is not JSON, or where there are none or too many
 */
export function jsonLines(text: string, source: string): SourcedValue[] {
  const values: SourcedValue[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    if (line.trim() === '') continue;
    if (values.length === MOST_RECORDS) throw tooMany(source);
    const place = `${source}, line ${number}`;
    values.push({ value: parsed(line, place, `${number}`), number, place });
  }
  if (values.length === 0) throw nothing(source);
  return values;
}

/**
 * The entries of a JSON list.
 * @throws InputError where the text is not a list, or one without entries or with too many
 */
export function jsonList(text: string, source: string): SourcedValue[] {
  const list = parsed(text, source);
  if (!Array.isArray(list)) {
    throw new InputError(
      `${source}: must be a list; found ${shown(list)}`,
      'Give a JSON list such as ["first", "second"].',
    );
  }
  if (list.length === 0) throw nothing(source);
  if (list.length > MOST_RECORDS) throw tooMany(source);
  return list.map((value: unknown, i) => ({
    value,
    number: i + 1,
    place: `${source}, entry ${i + 1}`,
  }));
}

/**
 * A record as the schema gives it back.
 * @throws InputError naming the place, the field, what it must be and what was found
 */
export function checkRecord<S extends v.GenericSchema>(
  schema: S,
  { value, number, place }: SourcedValue,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue);
  const problem =
    issue.input === undefined
      ? 'is missing'
      : `must be ${issue.message}; found ${shown(issue.input)}`;
  throw new InputError(
    `${place}: ${field ?? 'the record'} ${problem}`,
    'Correct the record or remove it.',
    field === null ? `${number}` : `${number}.${field}`,
  );
}

/**
 * What is read of each value, under its own id or else the number of its line or entry.
 * @throws InputError where an id repeats an earlier one
 */
export function identified<Part extends object>(
  values: readonly SourcedValue[],
  read: (value: SourcedValue) => Part & { readonly id?: string | undefined },
): (Part & { readonly id: string })[] {
  const seen = new Set<string>();
  return values.map((value) => {
    const part = read(value);
    const id = part.id ?? `${value.number}`;
    if (seen.has(id)) {
      throw new InputError(
        `${value.place}: id repeats ${JSON.stringify(id)}`,
        'Give every record an id of its own, or none.',
        `${value.number}.id`,
      );
    }
    seen.add(id);
    return { ...part, id };
  });
}

/** A name that is not among those taken, which it joins: `a`, `a (2)`, `a (3)` and so on. */
export function distinctName(name: string, taken: Set<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name} (${i})`;
  taken.add(free);
  return free;
}

/** Text that is not blank and not absurdly long. */
export const text = v.pipe(
  v.string('some text'),
  v.check((value) => value.trim() !== '', 'some text'),
  v.maxLength(LONGEST_TEXT, `at most ${LONGEST_TEXT} characters of text`),
);

/** A name, written as text or as a number. */
export const name = v.pipe(v.union([text, v.number()], 'a text or a number'), v.transform(String));

function parsed(json: string, place: string, field?: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new InputError(
      `${place}: not valid JSON (${error instanceof Error ? error.message : String(error)})`,
      'Give JSON: one value a line in a .jsonl file, one list in a .json file.',
      field,
    );
  }
}

const nothing = (source: string) =>
  new InputError(`${source}: there are no records`, 'Give at least one.');

const tooMany = (source: string) =>
  new InputError(
    `${source}: there are more than ${MOST_RECORDS} records`,
    'Split the file, or keep a sample of it.',
  );
