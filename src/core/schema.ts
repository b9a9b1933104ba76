// Building blocks of schemas whose messages say what a field must be.
import * as v from 'valibot';
import { InputError } from './errors.ts';
import { isObject } from './is-object.ts';

/** A whole number from `low` to `high`. */
export const integer = (low: number, high: number) => {
  const must = `a whole number from ${low} to ${high}`;
  return v.pipe(v.number(must), v.integer(must), v.minValue(low, must), v.maxValue(high, must));
};

/** A finite number from (or, with `above`, strictly above) `low` to `high`. */
export const number = (low: number, high: number, bound: 'from' | 'above' = 'from') => {
  const must = Number.isFinite(low) ? `a number ${bound} ${low} to ${high}` : 'a finite number';
  return v.pipe(
    v.number(must),
    v.finite(must),
    v.check((x) => (bound === 'above' ? x > low : x >= low) && x <= high, must),
  );
};

/** Text that is not blank. */
export const nonEmptyText = () =>
  v.pipe(
    v.string('some text'),
    v.check((text) => text.trim() !== '', 'some text'),
  );

/** One of the given words. */
export const oneOf = <const T extends readonly string[]>(words: T) =>
  v.picklist(words, `one of ${words.join(', ')}`);

/** A list with at least `least` entries, and at most `most` of them; its length is checked first. */
export const listOf = <T extends v.GenericSchema>(entry: T, least: number, most = Infinity) => {
  const must =
    most === Infinity
      ? `a list with at least ${least} ${least === 1 ? 'entry' : 'entries'}`
      : `a list of ${least} to ${most} entries`;
  const length = v.custom<v.InferInput<T>[]>(
    (list) => Array.isArray(list) && list.length >= least && list.length <= most,
    must,
  );
  return v.pipe(length, v.array(entry, must));
};

/** A list with at least one entry, no two of which have the same text in a field. */
export const distinctBy = <F extends string, T extends v.GenericSchema<unknown, Record<F, string>>>(
  field: F,
  entry: T,
) =>
  v.pipe(
    listOf(entry, 1),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const list = dataset.value as Record<F, string>[];
      const seen = new Set<string>();
      const at = list.findIndex((value) => seen.size === seen.add(value[field]).size);
      if (at < 0) return;
      const value = list[at]!;
      addIssue({
        message: `each entry ${field === 'id' ? 'an' : 'a'} ${field} of its own`,
        input: value[field],
        path: [
          { type: 'array', origin: 'value', input: list, key: at, value },
          { type: 'object', origin: 'value', input: value, key: field, value: value[field] },
        ],
      });
    }),
  );
const namesOf = (entries: v.ObjectEntries) =>
  `an object with the settings ${Object.keys(entries).join(', ')}`;

/** An object that knows only these names, to be used as one case of a variant. */
export const settingsCase = <const T extends v.ObjectEntries>(entries: T) =>
  v.strictObject(entries, namesOf(entries));

/** An object that knows only these names. */
export const settings = <const T extends v.ObjectEntries>(entries: T) => {
  const object = settingsCase(entries);
  return v.pipe(v.custom<v.InferInput<typeof object>>(isObject, namesOf(entries)), object);
};

/** Numbers by names of a user's own. Names that valibot drops without a word are refused. */
export const numbersByName = () => {
  const must = 'numbers by the names of their parameters';
  return v.pipe(
    v.custom<Readonly<Record<string, number>>>(isObject, must),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const input = dataset.value;
      for (const key of ['__proto__', 'constructor', 'prototype']) {
        if (!Object.hasOwn(input, key)) continue;
        const path = [
          { type: 'object', origin: 'key', input: { ...input }, key, value: input[key] },
        ] as const;
        addIssue({ expected: 'never', message: must, path: [...path] });
      }
    }),
    v.record(v.string(), number(-Infinity, Infinity)),
  );
};

/**
 * One of the words, or an object: what is wrong inside the object is then said of its own field.
 * @param or what else it may be, for messages
 */
export const oneOfOr = <const W extends readonly string[], O extends v.GenericSchema>(
  words: W,
  object: O,
  or: string,
) => {
  const word = v.picklist(words, `one of ${words.join(', ')} or ${or}`);
  return v.lazy(
    (input): v.GenericSchema<W[number] | v.InferInput<O>, W[number] | v.InferOutput<O>> =>
      isObject(input) ? (object as never) : word,
  );
};

/** The first issue of a validation, as the error a person sees. @param whole what was validated */
export function inputErrorOf(issue: v.BaseIssue<unknown>, whole = 'the experiment'): InputError {
  const field = (issue.path ?? []).map((item) => String(item.key)).join('.') || undefined;
  const name = field ?? whole;
  if (issue.expected === 'never') {
    return new InputError(
      `${name} is not a setting`,
      `Remove it, or give ${issue.message}.`,
      field,
    );
  }
  const wrong = issue.input === undefined ? 'is missing' : `is ${show(issue.input)}`;
  return new InputError(`${name} ${wrong}`, `Give ${issue.message}.`, field);
}

/** The offending value, short enough for a sentence. */
function show(input: unknown): string {
  const text = typeof input === 'number' ? String(input) : (JSON.stringify(input) ?? typeof input);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
