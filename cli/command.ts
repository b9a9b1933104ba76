// What a command of the lab is.
import { COMMON_OPTIONS } from './common-options.ts';
import type { Options, Values } from './options.ts';
import type { Terminal } from './terminal.ts';

/** The words that a command takes besides options. */
export interface Words {
  /** As the help shows them, e.g. `DIR…`. */
  readonly usage: string;
  /** Exactly one of these; without them any words, but at least one. */
  readonly choices?: readonly string[];
}

/** What a command is given for its options and the common ones. */
export type CommandOptions<O extends Options> = Values<Omit<typeof COMMON_OPTIONS, keyof O> & O>;

interface Definition<O extends Options> {
  /** What goes in and what comes out, for `lab help COMMAND`. */
  readonly description: string;
  /** Besides the common ones, whose place they take where they have the same name. */
  readonly options: O;
  readonly words?: Words;
  /** How its options go together, where that is not simply those which are required. */
  readonly usage?: string;
  /** Throws InputError for bad input. */
  run(options: CommandOptions<O>, terminal: Terminal, words: readonly string[]): Promise<void>;
}

/** Whatever its options. */
export interface Command extends Omit<Definition<Options>, 'run'> {
  run(options: object, terminal: Terminal, words: readonly string[]): Promise<void>;
}

export const defineCommand = <O extends Options>(definition: Definition<O>): Command =>
  definition as unknown as Command;

/** All options that it accepts, its own first. */
export const optionsOf = ({ options }: Command): Options => ({ ...options, ...common(options) });

/** The common options that a command does not describe itself. */
export const common = (own: Options): Options =>
  Object.fromEntries(Object.entries(COMMON_OPTIONS).filter(([name]) => !Object.hasOwn(own, name)));
