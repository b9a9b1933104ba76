// Runs one command line and answers with the exit status.
import { InputError, NotANumberError } from '../src/core/errors.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { explain, overview } from './help.ts';
import { shown } from './options.ts';
import { readLine } from './read-line.ts';
import type { Terminal } from './terminal.ts';

/**
 * `argv` is what follows the program's name. Status 0 on success, 2 for bad input, 1 for other
 * failures; either with one line on standard error, `error: what is wrong; what to do`, which
 * `--debug` lets a stack trace follow.
 */
export async function runLab(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await dispatch(argv, terminal);
    return 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0; // the reader had enough
    terminal.notify(errorText(error, argv));
    return error instanceof InputError ? 2 : 1;
  }
}

/** What is said of an error: one line, and with `--debug` where it came from. */
export function errorText(error: unknown, argv: readonly string[]): string {
  const { message = String(error), stack } = error as Partial<Error>;
  const explained = error instanceof InputError || error instanceof NotANumberError;
  const line = explained ? describe(error) : message || 'failed';
  const debug = argv.includes('--debug') && stack !== undefined ? `${stack}\n` : '';
  return `error: ${line.replace(/\s+/g, ' ')}\n${debug}`;
}

function describe({ message, advice }: InputError | NotANumberError): string {
  return `${message.replace(/\.$/, '')}; ${advice}`;
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<void> {
  const [name, ...rest] = argv.filter((word) => word !== '--debug');
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const [topic, more] = rest;
    if (more !== undefined) throw new InputError(`unexpected ${shown(more)}`, 'name one command');
    await terminal.write(topic === undefined ? overview() : explain(topic, await load(topic)));
  } else if (rest.includes('--help') || rest.includes('-h')) {
    await terminal.write(explain(name, await load(name)));
  } else {
    const command = await load(name);
    const { options, words } = await readLine(name, rest, command);
    await command.run(options, terminal, words);
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
