// What a server says of a file beside its bytes: where they start, the length, the version.
import type { RemoteFile } from './remote-source.ts';
import { SourceError } from './source-error.ts';

export interface Head {
  /** Offset of the first byte of the body. */
  readonly start: number;
  /** Length of the whole file, where the server says it beyond doubt. */
  readonly size?: number;
  /** The same, possibly of a compressed transfer: good for a progress bar only. */
  readonly sizeHint?: number;
  /** A part was asked for, and came of a compressed transfer, so that it is none. */
  readonly compressed?: boolean;
  /** Differs between versions of the file. */
  readonly validator?: string;
}

/**
 * @param at offset that was asked for
 * @throws SourceError `missing` where a page came in place of a file that need not exist
 */
export function headOf(response: Response, at: number, file: RemoteFile): Head {
  const { headers, status } = response;
  if (!file.certain && headers.get('content-type')?.startsWith('text/html')) {
    throw new SourceError(
      'missing',
      `${file.what} was not found (the server sent a page instead).`,
      'Check the address.',
    );
  }
  const version = validatorOf(headers);
  const validator = version === undefined ? {} : { validator: version };
  // Of a compressed transfer nobody can tell which bytes are meant.
  const compressed = !/^(identity)?$/i.test(headers.get('content-encoding') ?? '');
  if (status === 206 && compressed) return { start: at, compressed, ...validator };
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (status === 206 || status === 416) {
    // Servers of other origins may keep the header to themselves; they honour the range all the same.
    const size = range?.[2] === undefined || range[2] === '*' ? {} : { size: Number(range[2]) };
    return { start: range?.[1] === undefined ? at : Number(range[1]), ...size, ...validator };
  }
  const length = Number(headers.get('content-length') ?? NaN);
  return {
    start: 0,
    ...(length > 0 && !compressed && { sizeHint: length }),
    ...validator,
  };
}

/** A strong ETag, else the date; a weak ETag does not promise the same bytes. */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get('etag');
  if (etag !== null && !etag.startsWith('W/')) return etag;
  return headers.get('last-modified') ?? undefined;
}
