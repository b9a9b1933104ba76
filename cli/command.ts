// What a command of the lab is.
import type { Arguments } from './arguments.ts';
import type { CommandLine } from './options.ts';
import type { Terminal } from './terminal.ts';

export interface Command extends CommandLine {
  /** What goes in and what comes out, for `lab help COMMAND`. */
  readonly description: string;
  /** Throws InputError for bad input. */
  run(args: Arguments, terminal: Terminal): Promise<void>;
}
