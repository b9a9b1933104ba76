// How the page of the benchmarks is built: apart from the lab's own page, which never contains it.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path('.'),
  publicDir: path('../../../public'),
  worker: { format: 'es' },
  build: { target: 'es2022', outDir: path('../../../.cache/bench-page'), emptyOutDir: true },
});
