// Reading a file anew when it changes while it is read.
import { FileChanged } from './byte-stream.ts';
import { damagedDownload } from './verification.ts';

/** A file that changes oftener than this is given up. */
const RESTARTS = 2;

/**
 * Repeats `read` after a FileChanged.
 * @param forget throws away what the failed reading has left
 * @throws SourceError `damaged` if the file will not stand still; whatever else `read` throws
 */
export async function startingOver<T>(
  read: () => Promise<T>,
  forget: () => Promise<void> = async () => {},
): Promise<T> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await read();
    } catch (thrown) {
      if (!(thrown instanceof FileChanged)) throw thrown;
      await forget();
      if (restarts === RESTARTS) throw damagedDownload(`${thrown.message}, again and again`);
    }
  }
}
