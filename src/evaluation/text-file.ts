// The text of an untrusted file, gzipped or not, of bounded size.
import { InputError } from '../core/errors.ts';
import { utf8Text } from '../core/utf8-text.ts';

/** Bytes of text that are read at most. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * UTF-8 text without its byte order mark. Gzip is recognised by its first bytes and unpacked piece by
 * piece, so that a small file cannot unfold beyond `limit`.
 * @throws InputError where the file is too large, damaged, or not UTF-8
 */
export async function readTextFile(
  bytes: Uint8Array,
  source: string,
  limit = MOST_BYTES,
): Promise<string> {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!zipped && bytes.length > limit) throw tooLarge(source, limit);
  const unpacked = zipped ? await gunzip(bytes, source, limit) : bytes;
  return utf8Text(unpacked, `${source}:`);
}

async function gunzip(bytes: Uint8Array, source: string, limit: number): Promise<Uint8Array> {
  const stream = new Response(bytes.slice()).body!.pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new InputError(
        `${source}: cannot be unpacked (${error instanceof Error ? error.message : String(error)})`,
        'Pack the file again with gzip, or give it unpacked.',
      );
    });
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge(source, limit);
    }
    pieces.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const tooLarge = (source: string, limit: number) =>
  new InputError(
    `${source}: holds more than ${limit / 2 ** 20} MiB of text`,
    'Give a smaller file or a part of it.',
  );
