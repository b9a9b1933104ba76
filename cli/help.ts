// What `lab help` says.
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { COMMON_OPTIONS, type Option } from './options.ts';

export function overview(): string {
  const entries = Object.entries(COMMANDS);
  const width = Math.max(...entries.map(([name]) => name.length));
  return [
    'Usage: npm run --silent lab -- COMMAND [options]',
    '',
    'Commands:',
    ...entries.map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    `  ${'help'.padEnd(width)}  this text; help COMMAND explains a command`,
    '',
    'Common options:',
    ...optionLines(COMMON_OPTIONS),
    '',
  ].join('\n');
}

export function explain(command: Command): string {
  const own = optionLines(command.options);
  return [
    `Usage: npm run --silent lab -- ${command.usage}`,
    '',
    command.description,
    ...(own.length > 0 ? ['', 'Options:', ...own] : []),
    '',
    'Common options:',
    ...optionLines(COMMON_OPTIONS),
    '',
  ].join('\n');
}

function optionLines(options: Readonly<Record<string, Option>>): string[] {
  const entries = Object.entries(options).map(([name, { value, help }]) => ({
    left: value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  }));
  const width = Math.max(0, ...entries.map(({ left }) => left.length));
  return entries.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`);
}
