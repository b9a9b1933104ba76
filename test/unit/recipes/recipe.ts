// The lab after a recipe was followed: one file of one's own, and its line in a list.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type * as SvelteServer from 'svelte/server';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll } from 'vitest';
import type * as Run from '../cli/run.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Recipe {
  /** Path of the file with the list. */
  readonly list: string;
  /** The file of one's own, beside this one. */
  readonly file: string;
  /** What it exports; a file that is imported for what it does exports nothing. */
  readonly name?: string;
  /** What stands in the list and gets the name after it. */
  readonly after: string;
}

/** What the changed lab can be asked, while the tests of a file run. */
export interface ChangedLab {
  readonly load: <Module>(path: string) => Promise<Module>;
  /** A component as HTML. */
  readonly html: (path: string, props: object) => Promise<string>;
  readonly lab: typeof Run.lab;
  readonly result: typeof Run.result;
  /** In a temporary folder. */
  readonly at: (name: string) => string;
}

export function followed({ list, file, name, after }: Recipe): ChangedLab {
  const path = join(root, list);
  const own = `${'../'.repeat(list.split('/').length - 1)}test/unit/recipes/${file}`;
  const line = name === undefined ? `import '${own}';` : `import { ${name} } from '${own}';`;
  const listed = (code: string) => {
    if (code.split(after).length !== 2) throw new Error(`${list} does not have ${after} once`);
    return name === undefined
      ? code.replace(after, `${after}\n${line}`)
      : `${line}\n${code.replace(after, `${after} ${name},`)}`;
  };
  let server: ViteDevServer;
  let folder: string;
  beforeAll(async () => {
    server = await createServer({
      root,
      configFile: false,
      logLevel: 'error',
      appType: 'custom',
      server: { middlewareMode: true, hmr: false, watch: null, ws: false },
      optimizeDeps: { noDiscovery: true, include: [] },
      plugins: [
        svelte(),
        {
          name: 'one more line',
          enforce: 'pre',
          transform: (code, id) => (id === path ? listed(code) : null),
        },
      ],
    });
    folder = await mkdtemp(join(tmpdir(), 'recipe-'));
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const load = <Module>(module: string) => server.ssrLoadModule(module) as Promise<Module>;
  const command = () => load<typeof Run>('/test/unit/cli/run.ts');
  return {
    load,
    async html(component, props) {
      const { render } = await load<typeof SvelteServer>('svelte/server');
      const { default: Component } = await load<{ default: never }>(component);
      return render(Component, { props: props as never }).body;
    },
    lab: async (...asked) => (await command()).lab(...asked),
    result: async <Shape>(...asked: Parameters<typeof Run.result>) =>
      (await command()).result<Shape>(...asked),
    at: (file) => join(folder, file),
  };
}
