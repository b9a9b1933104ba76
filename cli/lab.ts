// Runs one command line and answers with the exit status.
import { InputError } from '../src/core/errors.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { explain, overview } from './help.ts';
import type { Terminal } from './terminal.ts';

/**
 * `argv` is what follows the program's name. Status 0 on success, 2 for bad input, 1 for other
 * failures; either with one line on standard error, `error: what is wrong; what to do`.
 */
export async function runLab(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await dispatch(argv, terminal);
    return 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0; // the reader had enough
    const line =
      (error instanceof InputError ? describe(error) : (error as Error).message) || 'failed';
    terminal.notify(`error: ${line.replace(/\s+/g, ' ')}\n`);
    return error instanceof InputError ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<void> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = rest[0];
    await terminal.write(topic === undefined ? overview() : explain(await load(topic)));
  } else if (rest.includes('--help') || rest.includes('-h')) {
    await terminal.write(explain(await load(name)));
  } else {
    const command = await load(name);
    await command.run(readArguments(rest, command), terminal);
  }
}

async function load(name: string): Promise<Command> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) {
    throw new InputError(
      `unknown command ${JSON.stringify(name)}`,
      `use one of ${Object.keys(COMMANDS).join(', ')}, help`,
    );
  }
  return (await entry.load()).command;
}

function describe({ message, advice }: InputError): string {
  return `${message.replace(/\.$/, '')}; ${advice}`;
}
