// What `lab help` says, derived from the descriptions of the commands.
import { common, type Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import type { Option, Options } from './options.ts';
import { PACKAGED } from './packaged.ts';

const LAB = PACKAGED ? 'npx calibration-lab' : 'npm run --silent lab --';

export function overview(): string {
  const summaries = Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary] as const);
  return lines(
    `Usage: ${LAB} COMMAND [options]`,
    ['Commands:', ...table([...summaries, ['help', 'this text; help COMMAND explains a command']])],
    ['Common options:', ...optionTable(COMMON_OPTIONS)],
  );
}

export function explain(name: string, command: Command): string {
  const { options, description } = command;
  return lines(
    `Usage: ${LAB} ${usageOf(name, command)}`,
    description,
    Object.keys(options).length > 0 && ['Options:', ...optionTable(options)],
    ['Common options:', ...optionTable(common(options))],
  );
}

/** `exact --family F [options]`: the words, what is required, and that there is more. */
export function usageOf(name: string, { usage, words, options }: Command): string {
  const required = Object.entries(options).filter(([, option]) => option.required);
  const parts = usage ?? required.map(([key, option]) => written(key, option)).join(' ');
  return [name, words?.usage, parts, '[options]'].filter(Boolean).join(' ');
}

const optionTable = (options: Options) =>
  table(Object.entries(options).map(([name, option]) => [written(name, option), option.help]));

const written = (name: string, { value }: Option<unknown>) =>
  value === undefined ? `--${name}` : `--${name} ${value}`;

function table(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** Paragraphs with blank lines in between. */
const lines = (...paragraphs: (string | readonly string[] | false)[]) =>
  `${paragraphs
    .filter((paragraph) => paragraph !== false)
    .map((paragraph) => [paragraph].flat().join('\n'))
    .join('\n\n')}\n`;
