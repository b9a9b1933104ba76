// The options and words after a command, checked and converted.
import { parseArgs } from 'node:util';
import { InputError } from '../src/core/errors.ts';
import { COMMON_OPTIONS, type CommandLine } from './options.ts';

/** Every getter throws InputError that names the option. */
export class Arguments {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];

  constructor(
    values: Readonly<Record<string, string | boolean | undefined>>,
    words: readonly string[],
  ) {
    this.#values = values;
    this.words = words;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') {
      throw new InputError(`--${name} is missing`, `add --${name} and a value`, name);
    }
    return value;
  }

  choice<Choice extends string>(
    name: string,
    choices: readonly Choice[],
    otherwise: Choice,
  ): Choice {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw new InputError(
      `--${name} is ${JSON.stringify(value)}`,
      `use one of ${choices.join(', ')}`,
      name,
    );
  }

  number(name: string, otherwise: number): number {
    const value = this.text(name);
    return value === undefined ? otherwise : readNumber(value, `--${name}`, name);
  }

  integer(name: string, otherwise: number): number {
    const value = this.number(name, otherwise);
    if (Number.isSafeInteger(value)) return value;
    throw new InputError(`--${name} is ${value}`, 'give a whole number', name);
  }

  /** `1,-2.5,3`; nothing given is no numbers. */
  numbers(name: string): number[] {
    const value = this.text(name);
    if (value === undefined || value.trim() === '') return [];
    return value.split(',').map((part) => readNumber(part, `--${name}`, name));
  }

  /** `mu=0,sigma=1`. */
  parameters(name: string): Record<string, number> {
    const value = this.text(name) ?? '';
    const entries = value.split(',').filter((part) => part.trim() !== '');
    const parameters: Record<string, number> = {};
    for (const entry of entries) {
      const [key = '', text, ...more] = entry.split('=').map((part) => part.trim());
      if (key === '' || text === undefined || more.length > 0) {
        throw new InputError(
          `--${name} has ${JSON.stringify(entry)}`,
          'write parameters as name=number, separated by commas',
          name,
        );
      }
      if (Object.hasOwn(parameters, key)) {
        throw new InputError(`--${name} gives ${key} twice`, 'give it once', `${name}.${key}`);
      }
      parameters[key] = readNumber(text, `--${name}: ${key}`, `${name}.${key}`);
    }
    return parameters;
  }
}

function readNumber(text: string, where: string, field: string): number {
  const trimmed = text.trim();
  const named = { inf: Infinity, '-inf': -Infinity, nan: NaN }[trimmed.toLowerCase()];
  const value = named ?? (trimmed === '' ? NaN : Number(trimmed));
  if (Number.isNaN(value) && named === undefined) {
    throw new InputError(`${where} has ${JSON.stringify(text)}`, 'give a number', field);
  }
  return value;
}

/** Reads what follows the command's name. Throws InputError for what the command does not know. */
export function readArguments(argv: readonly string[], command: CommandLine): Arguments {
  const known = { ...COMMON_OPTIONS, ...command.options };
  const options = Object.fromEntries(
    Object.entries(known).map(([name, option]) => [
      name,
      { type: option.value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({
      args: joinNegativeNumbers(argv, known),
      options,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    // node:util explains itself in one or more sentences; the first says what is wrong.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new InputError(what!, `see lab help ${command.usage.split(' ')[0]}`);
  }
  const { words = 0 } = command;
  const given = parsed.positionals.length;
  if (words === 'some' ? given === 0 : given !== words) {
    const unexpected = words === 'some' ? undefined : parsed.positionals[words];
    throw new InputError(
      unexpected === undefined ? 'a word is missing' : `unexpected ${JSON.stringify(unexpected)}`,
      `the usage is lab ${command.usage}`,
    );
  }
  return new Arguments(parsed.values as Record<string, string | boolean>, parsed.positionals);
}

/** `--at -1,2` as `--at=-1,2`: parseArgs would take the value for an option. */
function joinNegativeNumbers(argv: readonly string[], known: CommandLine['options']): string[] {
  const joined: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const [argument, next] = [argv[i]!, argv[i + 1]];
    const takesValue = argument.startsWith('--') && known[argument.slice(2)]?.value !== undefined;
    if (takesValue && next !== undefined && /^-(\.?\d|inf)/i.test(next)) {
      joined.push(`${argument}=${next}`);
      i++;
    } else joined.push(argument);
  }
  return joined;
}
