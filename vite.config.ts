// How the page and its workers are built.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { entries } from './build/entries.ts';
import { offline } from './build/offline.ts';
import { securityHeaders } from './build/security-headers.ts';
import { sharedHead } from './build/shared-head.ts';
import { wasmBinaries } from './build/wasm-binaries.ts';

const buildFile = (name: string) => fileURLToPath(new URL(`build/${name}`, import.meta.url));

export default defineConfig({
  // Relative addresses, so that the built page works from any folder of a static host.
  base: './',
  plugins: [svelte(), wasmBinaries(), entries(), sharedHead(), securityHeaders(), offline()],
  resolve: {
    alias: {
      '@stdlib/assert-has-generator-support': buildFile('has-generators.cjs'),
      '@stdlib/string-format': buildFile('plain-messages.cjs'),
      '@stdlib/utils-define-property': buildFile('define-property.cjs'),
      debug: buildFile('no-debug.cjs'),
    },
  },
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: true },
});
