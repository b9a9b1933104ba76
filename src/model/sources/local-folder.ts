// A folder of this computer, chosen or dropped by a person.
import { InputError } from '../../core/errors.ts';
import { endsBefore, type SeekableFiles } from '../files/model-files.ts';
import { refuseLarge } from '../files/size-limits.ts';

export interface LocalFile {
  /** Path inside what was chosen, with slashes, e.g. `my-model/config.json`. */
  readonly path: string;
  readonly file: Blob;
}

/** What is looked for, and what to choose where it is not there. */
export interface Sought {
  /** The folder is the one that holds this file, else a GGUF file. */
  readonly config: string;
  readonly advice: string;
  readonly field: 'model' | 'adapter';
}

const MODEL: Sought = {
  config: 'config.json',
  advice:
    'Choose a folder in Hugging Face layout (config.json, tokenizer.json, model.safetensors), or a GGUF file.',
  field: 'model',
};

/**
 * The model among the chosen files, or what else is sought: the folder nearest to the top that has its
 * configuration. Nothing is read before it is asked for.
 * @throws InputError where there is no such folder; when read, where a file has changed or gone
 */
export function localFolder(
  name: string,
  files: readonly LocalFile[],
  sought: Sought = MODEL,
): SeekableFiles {
  const folder = pathOf(name, files, sought);
  const byName = new Map(
    files
      .filter(({ path }) => path.startsWith(folder))
      .map(({ path, file }) => [path.slice(folder.length), file]),
  );
  const bytes = async (file: string, blob: Blob) => {
    try {
      return new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
      throw new InputError(
        `${file} in ${name} cannot be read (${error instanceof Error ? error.message : String(error)}).`,
        'Open the folder again: browsers let go of files that change after they were chosen.',
        sought.field,
      );
    }
  };
  return Object.assign(
    async (file: string) => {
      const blob = byName.get(file);
      refuseLarge(file, blob?.size ?? 0);
      return blob && bytes(file, blob);
    },
    {
      async range(file: string, from: number, to: number) {
        const blob = byName.get(file);
        if (!blob || to > blob.size) throw endsBefore(file, to, blob?.size ?? 0);
        return bytes(file, blob.slice(from, to));
      },
      size: async (file: string) => byName.get(file)?.size,
      names: async () => [...byName.keys()],
    },
  );
}

/** Path of the folder, with a slash at its end unless it is empty. */
function pathOf(
  name: string,
  files: readonly LocalFile[],
  { config, advice, field }: Sought,
): string {
  const nearest = (wanted: (name: string) => boolean) =>
    files
      .map(({ path }) => path)
      .filter((path) => wanted(path.slice(path.lastIndexOf('/') + 1)))
      .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))[0];
  const first = nearest((each) => each === config) ?? nearest((each) => /\.gguf$/i.test(each));
  if (first !== undefined) return first.slice(0, first.lastIndexOf('/') + 1);
  const without =
    files.length === 1
      ? `is a single file, without ${config} beside it`
      : `has no ${config} among its ${files.length} files`;
  throw new InputError(`${name} ${without}`, advice, field);
}
