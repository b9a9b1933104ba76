// The bytes of a file or of a stream as text: UTF-8, with or without a byte order mark.
import { InputError } from './errors.ts';

/**
 * The text without its byte order mark. Other encodings are refused by their name.
 * @param source what the bytes were read from, to begin the message with
 * @throws InputError where the bytes are not UTF-8
 */
export function utf8Text(bytes: Uint8Array, source: string, field?: string): string {
  const other = otherEncoding(bytes);
  try {
    if (other === undefined) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // refused below
  }
  const problem = other === undefined ? 'is not UTF-8 text' : `is ${other} text, not UTF-8`;
  throw new InputError(`${source} ${problem}`, 'Save it as UTF-8.', field);
}

/** By the byte order mark, or by the zeros around a first character that is ASCII. */
function otherEncoding(bytes: Uint8Array): 'UTF-16' | 'UTF-32' | undefined {
  const starts = (...mark: number[]) => mark.every((byte, i) => bytes[i] === byte);
  const zeros = bytes.subarray(0, 4).filter((byte) => byte === 0).length;
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff) || zeros === 3) return 'UTF-32';
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return 'UTF-16';
  return bytes.length > 1 && (bytes[0] === 0 || bytes[1] === 0) ? 'UTF-16' : undefined;
}
