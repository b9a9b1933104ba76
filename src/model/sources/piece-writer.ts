// Writing a file into the cache piece by piece, its record always one step behind the bytes.
import type { CachedFile, Piece, RecordContent } from './cache-record.ts';
import type { ModelCache } from './model-cache.ts';

/** A model's folder of the cache, and the record of it. */
export interface Destination {
  readonly cache: ModelCache;
  readonly key: string;
  readonly record: RecordContent;
  /** Length of a piece: what a closed tab costs at most. */
  readonly pieceBytes: number;
}

export class PieceWriter {
  readonly #pieces: Piece[];
  readonly #gathered: Uint8Array<ArrayBuffer>;
  #filled = 0;

  /** @param pieces the beginning of the file that is there already */
  constructor(
    private readonly to: Destination,
    private readonly name: string,
    pieces: readonly Piece[],
    /** Version of the file that the pieces belong to. */
    public version: string | null,
  ) {
    this.#pieces = [...pieces];
    this.#gathered = new Uint8Array(to.pieceBytes);
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let taken = 0; taken < chunk.length;) {
      const part = chunk.subarray(taken, taken + this.#gathered.length - this.#filled);
      this.#gathered.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === this.#gathered.length) await this.flush();
    }
  }

  /** Keeps what has been gathered, as a shorter piece if need be. */
  async flush(): Promise<void> {
    if (this.#filled === 0) return;
    const { cache, key } = this.to;
    const bytes = this.#gathered.slice(0, this.#filled);
    this.#pieces.push(await cache.putPiece(key, this.name, this.#pieces.length, bytes));
    this.#filled = 0;
    await this.save(false);
  }

  /** Writes the record. @param whole whether the file is complete and checked */
  async save(whole: boolean): Promise<CachedFile> {
    const { cache, key, record } = this.to;
    const file = { version: this.version, pieces: [...this.#pieces], whole };
    record.files[this.name] = file;
    await cache.save(key, record);
    return file;
  }
}
