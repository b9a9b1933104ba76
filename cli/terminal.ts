// How a command talks: results to standard output or a file, progress to standard error.
import { fstatSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { utf8Text } from '../src/core/utf8-text.ts';
import { InputError } from '../src/core/errors.ts';
import { allBytes } from './in-file.ts';
import { asOut, reasonOf } from './out-place.ts';

export interface Terminal {
  readonly input: AsyncIterable<string | Uint8Array>;
  /** Standard output. Resolves when the text is on its way. */
  write(text: string): Promise<void>;
  /** Standard error. */
  notify(text: string): void;
  /** Whether somebody watches standard error. */
  readonly watched: boolean;
}

export const processTerminal: Terminal = {
  input: standardInput(),
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    }),
  notify: (text) => process.stderr.write(text),
  watched: process.stderr.isTTY,
};

async function* standardInput(): AsyncGenerator<string | Uint8Array> {
  // Node takes a folder for an empty file.
  if (fstatSync(process.stdin.fd).isDirectory()) {
    throw new InputError('standard input is a folder', 'give it some text');
  }
  yield* process.stdin as AsyncIterable<string | Uint8Array>;
}

/** A line of progress, shown if wanted. */
export function reportProgress(
  terminal: Terminal,
  { progress }: { readonly progress: boolean },
  line: string,
): void {
  if (terminal.watched || progress) terminal.notify(`${line}\n`);
}

/** JSON in full precision; NaN and infinities become null, typed arrays lists. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    ArrayBuffer.isView(entry) ? Array.from(entry as Float64Array) : entry,
  );
}

interface Outward {
  readonly out: string | undefined;
}

/** The result of a command as one line of JSON, to `--out` or standard output. */
export const writeResult = (terminal: Terminal, options: Outward, value: unknown): Promise<void> =>
  writeText(terminal, options, `${toJson(value)}\n`);

export async function writeText(terminal: Terminal, { out }: Outward, text: string): Promise<void> {
  if (out === undefined) return terminal.write(text);
  await asOut(out, 'out', () => writeFile(out, text));
}

/** Standard input line by line, without the line ends; a last line without end counts. */
export async function readLines(terminal: Terminal): Promise<string[]> {
  const source = 'standard input';
  const bytes = await allBytes(terminal.input, source).catch((error: unknown) => {
    if (error instanceof InputError) throw error;
    throw new InputError(`${source} cannot be read (${reasonOf(error)})`, 'give it some text');
  });
  const lines = utf8Text(bytes, source).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
