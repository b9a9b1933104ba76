// The files of a folder that a person picked or dropped on the page.
import { InputError } from '../../core/errors.ts';
import type { LocalFile } from '../contract.ts';

/** A model has a dozen files; whoever drops a whole disk is not left waiting. */
const MOST_FILES = 2000;

const LOOSE = 'folder';

export interface PickedFolder {
  readonly name: string;
  readonly files: readonly LocalFile[];
}

/**
 * @param list of an `<input type="file">` @param loose what files without a folder are called
 * @throws InputError if it is empty
 */
export function pickedFolder(list: Iterable<File>, loose = LOOSE): PickedFolder {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return folderOf(files, loose);
}

/**
 * Call this in the drop event itself: its items are gone afterwards.
 * @throws InputError where nothing, or too much, was dropped
 */
export function droppedFolder(
  items: Iterable<DataTransferItem>,
  loose = LOOSE,
): Promise<PickedFolder> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return (async () => {
    const files: LocalFile[] = [];
    for (const entry of entries) await collect(entry, files);
    return folderOf(files, loose);
  })();
}

async function collect(entry: FileSystemEntry, files: LocalFile[]): Promise<void> {
  if (files.length >= MOST_FILES) {
    throw new InputError(
      `More than ${MOST_FILES} files were dropped.`,
      'Drop the folder of one model.',
      'model',
    );
  }
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    files.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  // A hidden folder holds nothing that a model needs, but perhaps a whole history.
  if (entry.name.startsWith('.')) return;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // The reader hands out a part of the entries at a time, and an empty list at the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return;
    for (const child of part) await collect(child, files);
  }
}

function folderOf(files: readonly LocalFile[], loose: string): PickedFolder {
  const [first] = files;
  if (first === undefined) {
    throw new InputError('There are no files.', 'Choose the folder of a model.', 'model');
  }
  const [top = '', ...rest] = first.path.split('/');
  // A model or an adapter that is one file has the name of that.
  return { name: rest.length > 0 || files.length === 1 ? top : loose, files };
}
