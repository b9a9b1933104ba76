// Reads what follows a command's name on its line, as its options describe it.
import { parseArgs } from 'node:util';
import { InputError } from '../src/core/errors.ts';
import { optionsOf, type Command, type Words } from './command.ts';
import { usageOf } from './help.ts';
import { shown, type Options } from './options.ts';

export interface Line {
  /** By name; undefined for what was not given and has no default. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
}

/** @throws InputError naming the option or the word that is wrong */
export async function readLine(
  name: string,
  argv: readonly string[],
  command: Command,
): Promise<Line> {
  const known = optionsOf(command);
  const { given, words } = parse(name, argv, known);
  checkWords(words, command.words, `the usage is lab ${usageOf(name, command)}`);
  const options = Object.entries(known).map(([key, option]) => {
    const text = given.get(key);
    if (text !== undefined) return [key, option.read(text, key)] as const;
    if (!option.required) return [key, option.otherwise] as const;
    throw new InputError(`--${key} is missing`, `add --${key} and a value`, key);
  });
  for (const [key, value] of options) await known[key]!.check?.(value, key);
  return { options: Object.fromEntries(options), words };
}

/** The options that were given, as they were written, and the words. */
function parse(name: string, argv: readonly string[], known: Options) {
  const types = Object.entries(known).map(([key, { value }]) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const);
    return [key, { type }] as const;
  });
  let parsed;
  try {
    parsed = parseArgs({
      args: joinNegativeNumbers(argv, known),
      options: Object.fromEntries(types),
      allowPositionals: true,
      tokens: true,
    });
  } catch (error) {
    // node:util explains itself in one or more sentences; the first says what is wrong.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new InputError(what!, `see lab help ${name}`);
  }
  const given = new Map<string, string>();
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue;
    const { name: key, value = '' } = token;
    if (given.has(key)) throw new InputError(`--${key} is given twice`, 'give it once', key);
    if (value === '' && known[key]?.value !== undefined) {
      throw new InputError(`--${key} is empty`, 'give it a value, or leave it out', key);
    }
    given.set(key, value);
  }
  return { given, words: parsed.positionals };
}

function checkWords(words: readonly string[], wanted: Words | undefined, advice: string): void {
  if (wanted && words.length === 0) throw new InputError('a word is missing', advice);
  const most = wanted ? (wanted.choices ? 1 : Infinity) : 0;
  if (words.length > most) throw new InputError(`unexpected ${shown(words[most]!)}`, advice);
  const other = wanted?.choices?.includes(words[0]!) === false ? words[0]! : words.find((w) => !w);
  if (other !== undefined) throw new InputError(`unexpected ${JSON.stringify(other)}`, advice);
}

/** `--at -1,2` as `--at=-1,2`: parseArgs would take the value for an option. */
function joinNegativeNumbers(argv: readonly string[], known: Options): string[] {
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
