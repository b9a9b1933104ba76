// What differs between the configurations of a comparison's columns, and what does not.
import { isObject } from '../../core/is-object.ts';
import { type Column, seedList } from './columns.ts';

export interface Setting {
  /** Dotted path, e.g. `training.lora.rank`; an arm's own settings begin with `arm.`. */
  readonly name: string;
  /** [columns] as text; null where a column has no such setting. */
  readonly values: readonly (string | null)[];
}

export interface SettingsDiff {
  /** Runs, methods and seeds, whether they differ or not. */
  readonly identity: readonly Setting[];
  readonly differing: readonly Setting[];
  readonly equal: readonly Setting[];
}

const IDENTITY = ['run', 'method', 'seed'];

/** The machine is a setting here, too. */
export function settingsDiff(columns: readonly Column[]): SettingsDiff {
  const perColumn = columns.map(settingsOf);
  const names = new Set(perColumn.flatMap((settings) => [...settings.keys()]));
  const named = (name: string) => ({
    name,
    values: perColumn.map((settings) => settings.get(name) ?? null),
  });
  const all = [...names].filter((name) => !IDENTITY.includes(name)).map(named);
  const isEqual = ({ values }: Setting) => values.every((value) => value === values[0]);
  return {
    identity: columns.length === 0 ? [] : IDENTITY.map(named),
    differing: all.filter((setting) => !isEqual(setting)),
    equal: all.filter(isEqual),
  };
}

function settingsOf(column: Column): Map<string, string> {
  const [{ run, arm }] = column.parts as [Column['parts'][number]];
  const unique = (values: readonly string[]) => [...new Set(values)].join(', ');
  const settings = new Map([
    ['run', unique(column.parts.map((part) => part.run.name))],
    ['method', arm.method],
    ['seed', seedList(column.parts)],
  ]);
  for (const [name, value] of flattened(arm.settings, 'arm.')) {
    if (name !== 'arm.name' && name !== 'arm.method') settings.set(name, value);
  }
  for (const [name, value] of flattened(run.settings, '')) {
    if (name !== 'seed') settings.set(name, value);
  }
  const machines = column.parts.flatMap((part) => part.run.machine ?? []);
  if (machines.length > 0) settings.set('machine', unique(machines));
  return settings;
}

function* flattened(value: object, prefix: string): Generator<[name: string, value: string]> {
  for (const [key, entry] of Object.entries(value)) {
    const name = prefix + key;
    if (isObject(entry)) {
      yield* flattened(entry, `${name}.`);
    } else if (entry !== undefined) yield [name, shortened(asText(entry))];
  }
}

/** What people can read of it, and enough to tell it from another one: a user's own texts are long. */
function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const code = [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) >>> 0, 7);
  return `${text.slice(0, LONGEST / 2)}… (${text.length} characters, ${code.toString(16)})`;
}
const LONGEST = 160;

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(', ');
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? '';
}
