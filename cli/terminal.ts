// How a command talks: results to standard output or a file, progress to standard error.
import { writeFile } from 'node:fs/promises';
import { InputError } from '../src/core/errors.ts';
import type { Arguments } from './arguments.ts';

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
  input: process.stdin,
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    }),
  notify: (text) => process.stderr.write(text),
  watched: process.stderr.isTTY,
};

/** A line of progress, shown if wanted. */
export function reportProgress(terminal: Terminal, args: Arguments, line: string): void {
  if (terminal.watched || args.flag('progress')) terminal.notify(`${line}\n`);
}

/** JSON in full precision; NaN and infinities become null, typed arrays lists. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    ArrayBuffer.isView(entry) ? Array.from(entry as Float64Array) : entry,
  );
}

/** The result of a command as one line of JSON, to `--out` or standard output. */
export async function writeResult(
  terminal: Terminal,
  args: Arguments,
  value: unknown,
): Promise<void> {
  await writeText(terminal, args, `${toJson(value)}\n`);
}

export async function writeText(terminal: Terminal, args: Arguments, text: string): Promise<void> {
  const path = args.text('out');
  if (path === undefined) return terminal.write(text);
  await writeFile(path, text).catch((error: Error) => {
    throw new InputError(
      `${path} cannot be written (${error.message})`,
      'give another --out',
      'out',
    );
  });
}

/** Standard input line by line, without the line ends; a last line without end counts. */
export async function readLines(terminal: Terminal): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of terminal.input) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  text += decoder.decode();
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
