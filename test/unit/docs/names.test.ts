// One name for one thing: no two files of the source export the same name, and kernels have one layout.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const OPS = 'src/tensor/ops';
const OPERATIONS = 'test/support/operations';

const filesIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.ts'));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** AssemblyScript is a language of its own. */
const sources = ['src', 'workers', 'bench', 'build']
  .flatMap(filesIn)
  .filter((path) => !path.includes('/wasm/assembly/'));

const EXPORT =
  /^export (?:declare |abstract |async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;

test('no name is exported from two files', () => {
  const homes = new Map<string, Set<string>>();
  for (const path of sources) {
    for (const [, name] of read(path).matchAll(EXPORT)) {
      homes.set(name!, (homes.get(name!) ?? new Set()).add(path));
    }
  }
  expect(homes.size).toBeGreaterThan(1500);
  expect([...homes].filter(([, paths]) => paths.size > 1)).toEqual([]);
});

const kernels = readdirSync(join(ROOT, OPS), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

test.each(kernels)(
  'the kernel folder %s has what it computes, its WGSL, its CPU form, its test',
  (name) => {
    const files = filesIn(`${OPS}/${name}`);
    const own = (ending: string) => files.filter((path) => path.endsWith(ending));
    expect(files).toContain(`${OPS}/${name}/${name}.ts`);
    expect(own(`/${name}-on-webgpu.ts`)).toHaveLength(1);
    expect(files.some((path) => /: Program\b/.test(read(path)))).toBe(true);
    // Nothing is defined without its plain form: `defineKernel` asks for it.
    expect(files.filter((path) => read(path).includes('= defineKernel<'))).not.toEqual([]);
    expect(filesIn(OPERATIONS).some((path) => read(path).includes(`ops/${name}/`))).toBe(true);
  },
);
