// The options of a command: one description of each, from which parsing, checks and help follow.
import { InputError } from '../src/core/errors.ts';
import { isDate } from '../src/model/tokenizer/study-date.ts';

export interface Option<T> {
  /** Placeholder of the value in the help, e.g. `N`; absent for a flag. */
  readonly value?: string;
  readonly help: string;
  readonly required?: boolean;
  /** What it is where it is not given. */
  readonly otherwise?: T;
  /** @throws InputError naming the option */
  read(text: string, name: string): T;
  /** Looks at the disk, once every option has been read. @throws InputError naming the option */
  check?(value: T, name: string): Promise<void>;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
/** What a command is given for its options. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never;
};

/** What a value may be, and how it is written. */
interface Kind<T> {
  /** To follow "give". */
  readonly what: string;
  /** Its bounds, for the help. */
  readonly range?: string;
  /** Undefined for what it may not be. */
  parse(text: string): T | undefined;
}

export interface Bounds {
  readonly from?: number;
  /** Instead of `from`, where the bound itself is left out. */
  readonly above?: number;
  readonly to?: number;
}

const some: Kind<string> = { what: 'some text', parse: (text) => (text === '' ? undefined : text) };

function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    what: `one of ${words.join(', ')}`,
    parse: (text) => words.find((word) => word === text.trim()),
  };
}

/** As people write numbers: no hexadecimal digits, no blanks within. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function number(bounds: Bounds = {}): Kind<number> {
  return {
    what: `a number${inWords(bounds)}`,
    range: inWords(bounds),
    parse(text) {
      const value = DECIMAL.test(text.trim()) ? Number(text) : NaN;
      return Number.isFinite(value) && isWithin(value, bounds) ? value : undefined;
    },
  };
}

function whole(bounds: Bounds = {}): Kind<number> {
  const { parse } = number(bounds);
  return {
    what: `a whole number${inWords(bounds)}`,
    range: inWords(bounds),
    parse(text) {
      const value = parse(text);
      return Number.isSafeInteger(value) ? value : undefined;
    },
  };
}

/** A place on the line of numbers, its ends included. */
const place: Kind<number> = {
  what: 'a number, inf or -inf',
  parse: (text) => {
    const [, sign, infinite] = /^([+-]?)(inf(?:inity)?)$/i.exec(text.trim()) ?? [];
    if (infinite !== undefined) return sign === '-' ? -Infinity : Infinity;
    return number().parse(text);
  },
};

const day: Kind<string> = {
  what: 'a day of the calendar as YYYY-MM-DD',
  parse: (text) => (isDate(text.trim()) ? text.trim() : undefined),
};

export const kinds = { some, oneOf, number, whole, place, day } as const;

function isWithin(value: number, { from = -Infinity, above = -Infinity, to = Infinity }: Bounds) {
  return value >= from && (value > above || above === -Infinity) && value <= to;
}

function inWords({ from, above, to }: Bounds): string {
  const low = from !== undefined ? ` from ${from}` : above !== undefined ? ` above ${above}` : '';
  return low + (to === undefined ? '' : ` to ${to}`);
}

/** A flag, off unless it is given. */
export const flag = (help: string): Option<boolean> => ({
  help,
  otherwise: false,
  read: () => true,
});

/** One value. Without `otherwise` it may be left out. */
export function option<T>(value: string, help: string, kind: Kind<T>): Option<T | undefined>;
export function option<T>(value: string, help: string, kind: Kind<T>, otherwise: T): Option<T>;
export function option<T>(value: string, help: string, kind: Kind<T>, otherwise?: T): Option<T> {
  return {
    value,
    help:
      help + inBrackets(kind.range, otherwise === undefined ? '' : `default ${String(otherwise)}`),
    ...(otherwise !== undefined && { otherwise }),
    read: (text, name) => readAs(kind, text, `--${name} is`, name),
  };
}

function inBrackets(range = '', standard: string): string {
  const notes = [range.trim(), standard].filter(Boolean);
  return notes.length > 0 ? ` (${notes.join('; ')})` : '';
}

/** Values separated by commas, each at most once where they are `distinct`. */
export function list<T>(
  value: string,
  help: string,
  kind: Kind<T>,
  { distinct = false } = {},
): Option<readonly T[] | undefined> {
  return {
    value,
    help,
    read(text, name) {
      const parts = text.split(',').map((part) => readAs(kind, part, `--${name} has`, name));
      const twice = distinct ? parts.find((part, i) => parts.indexOf(part) < i) : undefined;
      if (twice === undefined) return parts;
      throw new InputError(`--${name} has ${shown(String(twice))} twice`, 'give it once', name);
    },
  };
}

/** `mu=0,sigma=1`. */
export function parameters(value: string, help: string): Option<Readonly<Record<string, number>>> {
  return {
    value,
    help,
    otherwise: {},
    read(text, name) {
      const values = new Map<string, number>();
      for (const entry of text.split(',')) {
        const [key = '', written, ...more] = entry.split('=').map((part) => part.trim());
        if (key === '' || written === undefined || more.length > 0) {
          const advice = 'write parameters as name=number, separated by commas';
          throw new InputError(`--${name} has ${shown(entry)}`, advice, name);
        }
        const field = `${name}.${key}`;
        if (values.has(key)) {
          throw new InputError(`--${name} gives ${key} twice`, 'give it once', field);
        }
        values.set(key, readAs(number(), written, `--${name}: ${key} has`, field));
      }
      // Unlike an assignment, this makes `__proto__` a name like any other.
      return Object.fromEntries(values);
    },
  };
}

/** The same option, which may not be left out. */
export const required = <T>(of: Option<T>): Option<Exclude<T, undefined>> =>
  ({ ...of, required: true }) as Option<Exclude<T, undefined>>;

function readAs<T>(kind: Kind<T>, text: string, label: string, field: string): T {
  const value = kind.parse(text);
  if (value !== undefined) return value;
  throw new InputError(`${label} ${shown(text)}`, `give ${kind.what}`, field);
}

/** As it was written, in a length that suits a sentence. */
export function shown(text: string): string {
  if (DECIMAL.test(text)) return text;
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
