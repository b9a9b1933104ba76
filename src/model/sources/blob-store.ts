// Where downloaded bytes are kept: a few folders of files, each written whole or not at all.

export interface BlobStore {
  /** Whether the folder outlives the page. */
  lasts(folder: string): boolean;
  /** Undefined where there is no such file, or it cannot be read. */
  get(folder: string, file: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The store keeps `bytes`. Rejects with a QuotaExceededError where there is no room. */
  put(folder: string, file: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  delete(folder: string, file: string): Promise<void>;
  files(folder: string): Promise<string[]>;
  folders(): Promise<string[]>;
  deleteFolder(folder: string): Promise<void>;
}

/** Ends with the page. */
export class MemoryStore implements BlobStore {
  readonly #folders = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();

  lasts() {
    return false;
  }

  async get(folder: string, file: string) {
    return this.#folders.get(folder)?.get(file);
  }

  async put(folder: string, file: string, bytes: Uint8Array<ArrayBuffer>) {
    const files = this.#folders.get(folder) ?? new Map<string, Uint8Array<ArrayBuffer>>();
    this.#folders.set(folder, files.set(file, bytes));
  }

  async delete(folder: string, file: string) {
    this.#folders.get(folder)?.delete(file);
  }

  async files(folder: string) {
    return [...(this.#folders.get(folder)?.keys() ?? [])];
  }

  async folders() {
    return [...this.#folders.keys()];
  }

  async deleteFolder(folder: string) {
    this.#folders.delete(folder);
  }
}
