// Downloaded models: what is kept of each file, under (source, revision, file), and for how long.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { InputError } from '../../core/errors.ts';
import type { BlobStore } from './blob-store.ts';
import {
  bytesKept,
  type CachedFile,
  type CacheRecord,
  isWhole,
  type Piece,
  type RecordContent,
  recordFrom,
} from './cache-record.ts';
import { sha256Hex } from './file-hash.ts';
import { ifFree } from './model-lock.ts';

/** A model of the cache, as a person sees it. */
export interface CachedModel {
  /** Names it to `delete`. */
  readonly key: string;
  /** As in an experiment's `model`, without the revision. */
  readonly id: string;
  /** What was asked for, e.g. `main`, and what that was; empty where sources have no revisions. */
  readonly requested: string;
  readonly revision: string;
  readonly bytes: number;
  /** False until it was loaded to the end, or where a file is missing again; loading goes on then. */
  readonly whole: boolean;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** Whether it outlives the page. */
  readonly lasting: boolean;
}

const RECORD = 'model.json';

export class ModelCache {
  constructor(
    private readonly store: BlobStore,
    private readonly now: () => number = Date.now,
  ) {}

  /** Where a version of a model is kept. */
  key(id: string, revision: string): string {
    return bytesToHex(sha256(utf8ToBytes(`${id}@${revision}`))).slice(0, 32);
  }

  /** Undefined where nothing is kept, or what is written there makes no sense. */
  async record(key: string): Promise<CacheRecord | undefined> {
    const bytes = await this.store.get(key, RECORD).catch(() => undefined);
    return bytes && recordFrom(bytes);
  }

  /** The version of a model that was used last under the name that was asked for. */
  async latest(id: string, requested: string): Promise<CacheRecord | undefined> {
    for (const model of await this.list()) {
      if (model.id !== id || ![model.requested, model.revision].includes(requested)) continue;
      return this.record(model.key);
    }
    return undefined;
  }

  /** Writes the record, used just now. */
  async save(key: string, record: RecordContent): Promise<void> {
    const written: CacheRecord = { ...record, format: 1, usedAt: this.now() };
    await this.store.put(key, RECORD, new TextEncoder().encode(JSON.stringify(written)));
  }

  /** Keeps `bytes` as piece `index` of a file. */
  async putPiece(
    key: string,
    file: string,
    index: number,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Piece> {
    const piece = { bytes: bytes.length, sha256: await sha256Hex(bytes) };
    await this.store.put(key, pieceName(file, index), bytes);
    return piece;
  }

  /** Undefined where the piece is missing or is no longer what was written. */
  async piece(
    key: string,
    file: string,
    index: number,
    { sha256 }: Piece,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = await this.store.get(key, pieceName(file, index)).catch(() => undefined);
    return bytes && (await sha256Hex(bytes)) === sha256 ? bytes : undefined;
  }

  /** Throws away the pieces of a file from `first` on. */
  async dropPieces(key: string, file: string, { pieces }: CachedFile, first = 0): Promise<void> {
    for (let index = first; index < pieces.length; index++) {
      await this.store.delete(key, pieceName(file, index));
    }
  }

  /** Last used first. Folders that hold nothing, or have no readable record, go. */
  async list(): Promise<CachedModel[]> {
    const models: CachedModel[] = [];
    for (const key of await this.store.folders()) {
      const record = await this.record(key);
      const files = Object.values(record?.files ?? {});
      const bytes = files.reduce((sum, file) => sum + bytesKept(file), 0);
      if (!record || bytes === 0) {
        await ifFree(key, () => this.store.deleteFolder(key));
        continue;
      }
      const { id, requested, revision, usedAt } = record;
      models.push({
        ...{ key, id, requested, revision, bytes, usedAt },
        whole: isWhole(record),
        lasting: this.store.lasts(key),
      });
    }
    return models.sort((a, b) => b.usedAt - a.usedAt);
  }

  /** @param key of one model; without it, all go @throws InputError while one is being downloaded */
  async delete(key?: string): Promise<void> {
    for (const each of key === undefined ? await this.store.folders() : [key]) {
      if (await ifFree(each, () => this.store.deleteFolder(each))) continue;
      throw new InputError(
        'The model is being downloaded at this moment.',
        'Cancel the download (perhaps in another tab), then delete the model.',
      );
    }
  }
}

const pieceName = (file: string, index: number) => `${encodeURIComponent(file)}.${index}`;
