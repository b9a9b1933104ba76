// A folder whose files are read once, and which knows which of them were asked for.
import type { SeekableFiles } from '../files/model-files.ts';

export interface RememberingFiles extends SeekableFiles {
  /** Names of the files that were read, in whole or in part, whether they exist or not. */
  readonly asked: ReadonlySet<string>;
}

/** Keeps whole files and sizes in memory, so it is meant for small files; parts are passed on. */
export function remembering(files: SeekableFiles): RememberingFiles {
  const asked = new Set<string>();
  const contents = new Map<string, Promise<Uint8Array | undefined>>();
  const sizes = new Map<string, Promise<number | undefined>>();
  const once = <T>(map: Map<string, Promise<T>>, name: string, read: () => Promise<T>) => {
    const value = map.get(name) ?? read();
    map.set(name, value);
    return value;
  };
  return Object.assign(
    (name: string) => {
      asked.add(name);
      return once(contents, name, () => files(name));
    },
    {
      asked,
      range(name: string, from: number, to: number) {
        asked.add(name);
        return files.range(name, from, to);
      },
      size: (name: string) => once(sizes, name, () => files.size(name)),
      ...(files.names && { names: files.names }),
    },
  );
}
