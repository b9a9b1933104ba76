// Checksums of files: the ones that sources promise, computed while the bytes arrive.
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** `git` is the object id that git gives a file: SHA-1 over a short header and the contents. */
export interface FileHash {
  readonly algorithm: 'sha256' | 'git';
  /** Lower-case hexadecimal digits. */
  readonly hex: string;
}

export interface RunningHash {
  update(bytes: Uint8Array): void;
  hex(): string;
}

/** A checksum in the making. @param size of the whole file, in bytes */
export function runningHash(algorithm: FileHash['algorithm'], size: number): RunningHash {
  const hash = algorithm === 'git' ? sha1.create() : sha256.create();
  if (algorithm === 'git') hash.update(utf8ToBytes(`blob ${size}\0`));
  return { update: (bytes) => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
}

/** SHA-256 at the machine's own speed, where a secure context offers it. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // `subtle` is missing on pages served over plain http.
  const subtle = (globalThis.crypto as Partial<Crypto> | undefined)?.subtle;
  return bytesToHex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes));
}
