// The package as others get it: packed, installed into an empty project, imported, documented, run.
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHECK, checked, examplesOfPage, exportsOf, type Example } from './examples.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRIES = ['families', 'tries', 'scoring', 'prompts'];
/** How npm says that it reached no registry. */
const NO_REGISTRY = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network/;

const run = promisify(execFile);
const program = (path: string) => join(ROOT, 'node_modules', path);

let [place, tarball] = ['', ''];
/** Why nothing is installed. */
let missing: string | undefined;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', place], {
    cwd: ROOT,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  tarball = join(place, filename);
  await writeFile(join(place, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  const options = ['--no-audit', '--no-fund', '--omit=optional', '--prefer-offline'];
  await run('npm', ['install', ...options, tarball], { cwd: place }).catch((error: Error) => {
    if (!NO_REGISTRY.test(error.message)) throw error;
    missing = 'the registry of npm cannot be reached';
  });
}, 300_000);
afterAll(() => rm(place, { recursive: true, force: true }));

const installed = (name: string, body: () => Promise<void>) =>
  test(name, async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await body();
  });

const documented = ENTRIES.map((entry) => ({
  entry,
  exports: exportsOf(join(ROOT, `src/core/entries/${entry}.ts`)),
}));

test.each(documented)('every export of $entry is described, and shown in use', ({ exports }) => {
  expect(exports.filter(({ words }) => words === '').map(({ name }) => name)).toEqual([]);
  const unseen = exports.filter(({ isValue, examples }) => isValue && examples.length === 0);
  expect(unseen.map(({ name }) => name)).toEqual([]);
});

installed('the examples of the documentation do what they say', async () => {
  const examples: Example[] = [
    ...examplesOfPage(join(ROOT, 'docs/core.md')),
    ...new Map(documented.flatMap(({ exports }) => exports).map((one) => [one.name, one])).values(),
  ].flatMap((one) =>
    'code' in one ? one : one.examples.map((code, i) => ({ name: `${one.name}${i || ''}`, code })),
  );
  const folder = join(place, 'examples');
  await mkdir(folder);
  await cp(join(ROOT, 'public/models/builtin'), join(place, 'model'), { recursive: true });
  await writeFile(join(folder, 'check.ts'), CHECK);
  for (const example of examples)
    await writeFile(join(folder, `${example.name}.ts`), checked(example));
  const all = examples.map(({ name }) => `import './${name}.js';\n`).join('');
  await writeFile(join(folder, 'all.ts'), all);
  const compilerOptions = {
    ...{ target: 'ES2022', module: 'ESNext', moduleResolution: 'Bundler' },
    ...{ strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
    ...{ lib: ['ES2022', 'DOM'], types: ['node'], typeRoots: [program('@types')] },
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const tsc = program('typescript/bin/tsc');
  const compiled = await run(process.execPath, [tsc, '-p', folder]).catch((error) => error);
  expect(compiled.stdout).toBe('');
  const found = await run(process.execPath, [join(folder, 'all.js')], { cwd: place }).catch(
    (error) => error,
  );
  expect(found.stdout + found.stderr).toBe('');
});

test('publint finds nothing', async () => {
  const { stdout } = await run(process.execPath, [
    program('publint/src/cli.js'),
    tarball,
    '--strict',
  ]);
  expect(stdout).toContain('All good!');
});

test('the types are those of the modules', async () => {
  const attw = program('@arethetypeswrong/cli/dist/index.js');
  // Ends with another status than 0 where it finds something.
  await run(process.execPath, [attw, tarball, '--profile', 'esm-only']);
});

test('the reference of the core is written without a warning', async () => {
  const typedoc = program('typedoc/bin/typedoc');
  await run(process.execPath, [typedoc, '--out', join(place, 'api')], { cwd: ROOT });
  const page = await readFile(join(place, 'api/functions/tries.buildTrie.html'), 'utf8');
  expect(page).toContain('Example');
});

installed('the core is small, and what is not used of it is left out', async () => {
  const size = async (line: string) => {
    const entry = join(place, 'bundled.js');
    await writeFile(entry, line);
    const bundle = await build({
      root: place,
      logLevel: 'error',
      build: {
        write: false,
        rolldownOptions: {
          input: entry,
          preserveEntrySignatures: 'strict',
          output: { minify: true },
        },
      },
    });
    const { output } = bundle as unknown as { output: [{ code: string }] };
    const { code } = output[0];
    expect(code).not.toMatch(/tensorflow|svelte/);
    return gzipSync(code).length;
  };
  const whole = await size(`export * from 'calibration-lab/core';`);
  const trie = await size(`export { buildTrie, softTargets } from 'calibration-lab/core';`);
  console.log(
    `calibration-lab/core: ${whole} bytes minified and gzipped; buildTrie and softTargets: ${trie}`,
  );
  expect(trie).toBeLessThan(whole / 5);
  const [, said] = /(\d+) kB/.exec(await readFile(join(ROOT, 'docs/core.md'), 'utf8'))!;
  expect(Math.abs(whole / 1000 - Number(said))).toBeLessThan(2);
});

const bin = () => join(place, 'node_modules/.bin/calibration-lab');

installed('its command runs the command line', async () => {
  const help = await run(bin(), ['help']);
  expect(help.stdout).toContain('npx calibration-lab COMMAND');
  expect(help.stdout).not.toContain('pretrain');
  const data = { distribution: { family: 'beta', params: { alpha: 2, beta: 5 } } };
  const config = { data, arms: [{ method: 'none' }, { method: 'soft' }], training: { steps: 2 } };
  const out = join(place, 'study');
  await run(bin(), ['study', '--config', JSON.stringify(config), '--out', out], { cwd: place });
  const { arms } = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
  // The figure of `lab exact`: 7.77096 nats before any training.
  expect(arms.base.exact[0].kl).toBeCloseTo(7.77096, 4);
  expect(Object.keys(arms)).toEqual(['base', 'soft']);
});

installed('without words its command serves the page', async () => {
  const lab = spawn(bin(), { env: { ...process.env, NO_OPEN: '1' }, detached: true });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      lab.stdout.on('data', (text: Buffer) => {
        said += text.toString();
        const [address] = /http:\S+/.exec(said) ?? [];
        if (address !== undefined) resolve(address);
      });
      lab.once('exit', () => reject(new Error(said)));
    });
    const page = await (await fetch(url)).text();
    expect(page).toContain('<title>');
    const [script] = /assets\/[^"]+\.js/.exec(page)!;
    expect((await fetch(url + script)).headers.get('content-type')).toMatch('javascript');
    expect((await fetch(`${url}models/builtin/config.json`)).status).toBe(200);
    const { headers } = await fetch(url);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  } finally {
    lab.kill();
  }
});
