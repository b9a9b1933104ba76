// The folders that models were opened from, remembered over a reload where the browser lets a page.
import { openDB } from 'idb';
import { InputError } from '../../core/errors.ts';
import type { PickedFolder } from './local-files.ts';
import type { LocalFile } from '../contract.ts';

const [DATABASE, STORE] = ['calibration-lab-folders', 'folders'];

/** Nothing that is a model lies deeper, or has more files. */
const MOST_DEPTH = 4;
const MOST_FILES = 2000;

/** Not in all browsers, and on secure pages only. */
type Picker = () => Promise<FileSystemDirectoryHandle>;
const picker = (): Picker | undefined =>
  (globalThis as { showDirectoryPicker?: Picker }).showDirectoryPicker;

/** Whether a folder can be chosen so that it is found again after a reload. */
export const canRemember = (): boolean => picker() !== undefined;

/** Asks the person for a folder. @throws the browser's AbortError where they would rather not */
export const chooseFolder = (): Promise<FileSystemDirectoryHandle> => picker()!();

/** @param model as experiments name it */
export const rememberFolder = (model: string, folder: FileSystemDirectoryHandle) =>
  withStore((db) => db.put(STORE, folder, model));

/** Undefined where none is remembered, or the browser has no store. */
export const rememberedFolder = (model: string) =>
  withStore((db) => db.get(STORE, model) as Promise<FileSystemDirectoryHandle | undefined>).catch(
    () => undefined,
  );

/** Whether its files may be read, once the person was asked; a browser asks after a click only. */
export async function mayRead(folder: FileSystemDirectoryHandle): Promise<boolean> {
  const asked = folder as FileSystemDirectoryHandle & {
    requestPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
  };
  return (await (asked.requestPermission?.({ mode: 'read' }) ?? 'granted')) === 'granted';
}

/** @throws InputError where there is too much in it */
export async function filesOf(folder: FileSystemDirectoryHandle): Promise<PickedFolder> {
  const files: LocalFile[] = [];
  const waiting = [{ folder, path: folder.name, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for await (const [name, handle] of next.folder.entries()) {
      const path = `${next.path}/${name}`;
      if (handle.kind === 'file') {
        files.push({ path, file: await (handle as FileSystemFileHandle).getFile() });
      } else if (next.depth < MOST_DEPTH && !name.startsWith('.')) {
        const inner = handle as FileSystemDirectoryHandle;
        waiting.push({ folder: inner, path, depth: next.depth + 1 });
      }
      if (files.length > MOST_FILES) {
        throw new InputError(
          `The folder has more than ${MOST_FILES} files.`,
          'Choose the folder of one model.',
          'model',
        );
      }
    }
  }
  return { name: folder.name, files };
}

async function withStore<T>(use: (db: Awaited<ReturnType<typeof openDB>>) => Promise<T>) {
  const db = await openDB(DATABASE, 1, {
    upgrade: (fresh) => void fresh.createObjectStore(STORE),
  });
  try {
    return await use(db);
  } finally {
    db.close();
  }
}
