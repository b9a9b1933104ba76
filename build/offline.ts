// What the page needs without a connection: a service worker that keeps all files of the build.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';

/** Where the built service worker has the list of files. */
const PLACE = /(["'`])__FILES__\1/;
/** What only the command line, a host or someone looking for a fault asks for. */
const NOT_KEPT = /\.map$|headless|^_headers$|^offline\.js$|(^|\/)\./;

/** Puts the names of the built files, and their fingerprint, into `offline.js`, if it was built. */
export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const worker = join(dir, 'offline.js');
      const code = await readFile(worker, 'utf8').catch(() => null);
      if (code === null) return;
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => relative(dir, join(parentPath, name)).replaceAll('\\', '/'))
        .filter((path) => !NOT_KEPT.test(path))
        .sort();
      const hash = createHash('sha256');
      for (const path of paths) hash.update(path).update(await readFile(join(dir, path)));
      const files = { version: hash.digest('hex').slice(0, 16), paths };
      await writeFile(
        worker,
        code.replace(PLACE, () => JSON.stringify(JSON.stringify(files))),
      );
    },
  };
}
