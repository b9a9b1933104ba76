// A model somewhere on the network: its name, its version, and where each of its files is.
import type { FileHash } from './file-hash.ts';
import type { Network } from './network.ts';
import { SourceError } from './source-error.ts';

export interface RemoteFile {
  readonly name: string;
  readonly url: string;
  /** For messages, e.g. `config.json of owner/name`. */
  readonly what: string;
  /** Where a person may ask for access. */
  readonly page?: string;
  /** What the request must carry; asked every time, since a token may be given or forgotten. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Length and checksum, where the source promises them. */
  readonly size?: number;
  readonly hash?: FileHash;
  /** Whether the source knows that the file exists; if not, "not found" is no error. */
  readonly certain: boolean;
}

export interface RemoteSource {
  /** As written in an experiment, without the revision: `hf:owner/name`, or an address. */
  readonly id: string;
  /** What the person asked for, e.g. `main`; empty where sources have no revisions. */
  readonly requested: string;
  /** Names one unchanging version; empty where files may change at any time. */
  readonly revision: string;
  /** Undefined: the source knows that there is no such file. */
  find(name: string): RemoteFile | undefined;
  /** All its files, where it knows them. */
  readonly names?: readonly string[];
}

/** Of a source the one file that is a model by itself. @param id what the two are called together */
export function oneFile<S extends RemoteSource>(source: S, file: string, id: string): S {
  const find = (name: string) => (name === file ? source.find(name) : undefined);
  return { ...source, id, find, names: [file] };
}

/** How files come over the network. */
export interface Transfer {
  readonly network: Network;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of a file that are here; `total` is undefined where the server does not say. */
  readonly onProgress?: (name: string, done: number, total: number | undefined) => void;
}

/** `names` of a folder, where the source knows them. */
export const namesOf = ({ names }: RemoteSource) => names && { names: async () => names };

/** What reading a part of a file that is not there throws. */
export function missingRemotely(name: string, { id, requested }: RemoteSource): SourceError {
  return new SourceError(
    'missing',
    `${name} is missing in ${id}${requested && `@${requested}`}.`,
    'Give a model in Hugging Face layout (config.json, tokenizer.json, model.safetensors), or a GGUF file.',
  );
}
