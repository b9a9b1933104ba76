// Files that a command reads: a bounded number of bytes, UTF-8 text, JSON.
import { createReadStream } from 'node:fs';
import { utf8Text } from '../src/core/utf8-text.ts';
import { InputError } from '../src/core/errors.ts';
import { reasonOf } from './out-place.ts';

/** More than any input needs, and less than a text in JavaScript may be long. */
const MOST_BYTES = 256 * 2 ** 20;
/** More than any input needs, and less than fills the stack of those who walk through it. */
const DEEPEST = 256;

/**
 * All bytes of a stream.
 * @param source to begin messages with @throws InputError where there are more than 256 MiB
 */
export async function allBytes(
  stream: AsyncIterable<string | Uint8Array>,
  source: string,
  name?: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > MOST_BYTES) {
      const most = `${MOST_BYTES / 2 ** 20} MiB`;
      throw new InputError(`${source} has more than ${most}`, 'give a part of it', name);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** A file that the option `name` gives. @throws InputError where it cannot be read */
export async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    return await allBytes(createReadStream(path), path, name);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be read (${reasonOf(error)})`, 'give a file', name);
  }
}

/** @throws InputError where there is no JSON, or it is nested too deep */
export async function readJson(path: string, name: string): Promise<unknown> {
  return parseJson(utf8Text(await readBytes(path, name), path, name), path, name);
}

/** @param source what the text was read from, to begin messages with */
export function parseJson(text: string, source: string, name: string): unknown {
  if (isTooDeep(text)) {
    throw new InputError(`${source} is nested deeper than ${DEEPEST} levels`, 'correct it', name);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new InputError(`${source} is not JSON (${message})`, 'correct it', name);
  }
}

function isTooDeep(text: string): boolean {
  let [depth, quoted] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) at += character === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > DEEPEST) return true;
  }
  return false;
}
