// H6: bad command lines, a table over all commands. Each ends with status 2 and one line that says what
// is wrong and what to do, before any work and without a trace on the disk.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { optionsOf } from '../../../cli/command.ts';
import { COMMANDS } from '../../../cli/commands.ts';
import { goldenFolder } from '../../support/golden-jobs.ts';
import { lab } from './run.ts';

/** Stands for a folder of this test in the lines below. */
const HERE = '@';
const NAMES = Object.keys(COMMANDS);
const GAUSSIAN = ['--family', 'gaussian', '--params', 'mu=0,sigma=1'];
const LLAMA = [
  '--model',
  goldenFolder('llama'),
  '--adapter',
  join(goldenFolder('llama'), 'adapter'),
];

/** A line of each command with which nothing is wrong. */
const GOOD: Readonly<Record<string, readonly string[]>> = {
  splits: [],
  distribution: GAUSSIAN,
  targets: GAUSSIAN,
  score: GAUSSIAN,
  parse: ['number'],
  forward: [...LLAMA, '--input', '@/list.json', '--out', '@/x.safetensors'],
  gradients: [...LLAMA, '--input', '@/list.json', '--out', '@/x.safetensors'],
  exact: GAUSSIAN,
  sample: ['--prompt', 'Name a fruit.'],
  study: ['--config', '{}', '--out', '@/study'],
  compare: ['@/none', '--out', '@/compared'],
  export: ['--config', '{}', '--out', '@/exported'],
  bench: [],
  merge: [...LLAMA, '--out', '@/merged'],
  adapter: [...LLAMA, '--to', 'gguf', '--out', '@/adapter.gguf'],
  pretrain: ['--folder', '@/model', '--checkpoint', '@/state'],
};

/** What no whole number from 1 to some bound may be. */
const NO_COUNT = [
  'x',
  '0',
  '-1',
  '1.5',
  'NaN',
  'Infinity',
  '0x10',
  '1e400',
  '1,000',
  '1e9',
  '1e15',
];

interface Bad {
  readonly line: readonly string[];
  /** Part of what is said. */
  readonly says: string;
}

/** The good line with one thing changed or added. */
function having(name: string, option: string, value: string, says = `--${option}`): Bad {
  const line = [...GOOD[name]!];
  const at = line.indexOf(`--${option}`);
  if (at >= 0) line.splice(at, 2);
  return { line: [name, ...line, `--${option}=${value}`], says };
}
const plus = (name: string, more: readonly string[], says: string): Bad => ({
  line: [name, ...GOOD[name]!, ...more],
  says,
});
const less = (name: string, option: string): Bad => {
  const line = [...GOOD[name]!];
  line.splice(line.indexOf(`--${option}`), 2);
  return { line: [name, ...line], says: `--${option} is missing` };
};

const OF_EVERY_COMMAND = NAMES.flatMap((name): Bad[] => [
  plus(name, ['--colour'], "'--colour'"),
  plus(name, ['--Seed', '1'], "'--Seed'"),
  plus(name, ['--__proto__', '1'], '__proto__'),
  plus(name, ['--constructor=1'], 'constructor'),
  plus(name, ['-x'], "'-x'"),
  plus(name, ['--progress=yes'], '--progress'),
  plus(name, ['--seed'], '--seed'),
  plus(name, ['--seed', '1', '--seed', '1'], '--seed is given twice'),
  plus(name, ['--model', 'builtin', '--model', 'builtin'], '--model is given twice'),
  ...['', 'x', '-1', '1.5', 'NaN', 'Infinity', '0x10', '1e400', '4294967296', '1 2'].map((seed) =>
    having(name, 'seed', seed),
  ),
  having(name, 'backend', 'tpu'),
  having(name, 'backend', 'WASM'),
  having(name, 'backend', ''),
  having(name, 'model', ''),
  having(name, 'adapter', ''),
  having(name, 'out', ''),
  having(name, 'out', '@/list.json/below', 'cannot be written'),
  ...(name === 'compare' ? [] : [plus(name, ['word'], 'unexpected "word"')]),
]);

const FOLDERS = ['study', 'compare', 'export', 'merge'];
const PLACES = NAMES.flatMap((name): Bad[] => [
  FOLDERS.includes(name)
    ? having(name, 'out', '@/list.json', 'list.json cannot be written')
    : having(name, 'out', '@/folder', 'folder cannot be written'),
  having(name, 'out', '@/a\0b', 'cannot be written'),
  having(name, 'out', `@/${'long'.repeat(100)}`, 'name too long'),
  ...(existsSync('/proc') ? [having(name, 'out', '/proc/x/y', 'cannot be written')] : []),
]);

const NO_FILES: Bad[] = [
  ['targets', 'choices'],
  ['forward', 'input'],
  ['gradients', 'input'],
  ['study', 'config'],
  ...['open', 'novelty', 'questions', 'texts'].map((option) => ['study', option] as const),
].flatMap(([name, option]) => {
  const bad = (value: string, says: string) =>
    name === 'targets'
      ? { line: ['targets', '--choices', value], says }
      : having(name!, option!, value, says);
  return [
    bad('@/none', 'none cannot be read'),
    bad('@/folder', 'folder cannot be read'),
    bad('', `--${option!} is empty`),
    bad('@/utf16.json', 'is UTF-16 text'),
    bad('@/utf16-unmarked.json', 'is UTF-16 text'),
    bad('@/utf32.json', 'is UTF-32 text'),
    bad('@/latin1.json', 'is not UTF-8 text'),
    ...(option === 'texts' ? [] : [bad('@/deep.json', 'deep'), bad('@/cut.json', 'JSON')]),
  ];
});

const NO_FOLDERS = NAMES.filter((name) =>
  ['forward', 'gradients', 'exact', 'sample', 'merge', 'study'].includes(name),
).flatMap((name): Bad[] => [
  having(name, 'model', '@/none', 'none is not a folder'),
  having(name, 'model', '@/list.json', 'list.json is not a folder'),
  ...(name === 'study' ? [] : [having(name, 'adapter', '@/none', 'none is not a folder')]),
]);

const COUNTS: Readonly<Record<string, readonly string[]>> = {
  sample: ['n', 'max-tokens'],
  pretrain: ['steps'],
  bench: [
    ...['steps', 'warm-up', 'prompts', 'prompt-tokens', 'paths', 'product-size'],
    ...['scored-prompts', 'scored-answers', 'answers', 'generations', 'memory-steps'],
  ],
};

const ROW: Bad[] = [
  ...Object.entries(COUNTS).flatMap(([name, options]) =>
    options.flatMap((option) => NO_COUNT.map((value) => having(name, option, value))),
  ),
  ...['0', '-1', 'x', 'NaN', 'inf', '1e400', '0x1'].map((value) =>
    having('sample', 'temperature', value),
  ),
  less('sample', 'prompt'),
  having('sample', 'prompt', ''),
  having('splits', 'selection', 'some'),
  less('distribution', 'family'),
  less('score', 'family'),
  less('exact', 'family'),
  less('targets', 'family'),
  less('forward', 'input'),
  less('forward', 'out'),
  less('gradients', 'input'),
  less('gradients', 'adapter'),
  less('gradients', 'out'),
  less('merge', 'adapter'),
  less('merge', 'out'),
  less('compare', 'out'),
  less('study', 'config'),
  less('study', 'out'),
  ...['distribution', 'targets', 'score', 'exact'].flatMap((name) => [
    having(name, 'family', 'gauss', 'gauss'),
    having(name, 'family', '__proto__', '__proto__'),
    having(name, 'family', 'constructor', 'constructor'),
    having(name, 'params', 'mu=0', 'sigma'),
    having(name, 'params', 'mu=0,sigma=0', 'sigma'),
    having(name, 'params', 'mu=0,sigma=NaN', 'sigma has "NaN"'),
    having(name, 'params', 'mu=0,sigma=inf', 'sigma has "inf"'),
    having(name, 'params', 'mu=0,sigma=1e400', 'sigma has 1e400'),
    having(name, 'params', 'mu=0,sigma=0x1', 'sigma has "0x1"'),
    having(name, 'params', 'mu=0,sigma=', 'sigma has ""'),
    having(name, 'params', 'mu=0,mu=0,sigma=1', 'mu twice'),
    having(name, 'params', 'mu=0,sigma=1,', '""'),
    having(name, 'params', 'mu:0', '"mu:0"'),
    having(name, 'params', 'mu=0,sigma=1,tau=1', 'tau'),
    having(name, 'params', 'mu=0,sigma=1,__proto__=1', '__proto__'),
  ]),
  ...['targets', 'score', 'exact'].flatMap((name) => [
    ...['-1', '13', '1.5', 'x', '0x2', 'NaN'].map((value) =>
      having(name, 'decimals', value, 'decimals'),
    ),
    ...['-1', '0', '1', '1.5', 'x', 'NaN', '1e9'].map((value) =>
      having(name, 'bins', value, 'bins'),
    ),
  ]),
  ...['', 'x', '1,,2', 'nan', '1;2', '0x1', '1e400'].map((value) =>
    having('distribution', 'at', value),
  ),
  ...['', 'x', '1.5', '-0.1', '0.5,', 'inf', 'NaN'].map((value) =>
    having('distribution', 'quantiles', value),
  ),
  plus('targets', ['--choices', '@/list.json'], '--family and --choices'),
  having('targets', 'tokenizer', '@/none', 'none is not a folder'),
  having('targets', 'tokenizer', '@/folder', 'tokenizer.json'),
  { line: ['targets', '--choices', '@/list.json'], says: 'choices' },
  { line: ['targets', '--choices', '@/null.json'], says: 'choices' },
  { line: ['parse'], says: 'a word is missing' },
  { line: ['parse', ''], says: 'unexpected ""' },
  { line: ['parse', 'poem'], says: 'unexpected "poem"' },
  { line: ['parse', 'Number'], says: 'unexpected "Number"' },
  { line: ['parse', '__proto__'], says: 'unexpected "__proto__"' },
  { line: ['compare', '--out', '@/compared'], says: 'a word is missing' },
  { line: ['compare', '@/none', '--out', '@/compared'], says: 'none cannot be read' },
  { line: ['compare', '@/list.json', '--out', '@/compared'], says: 'list.json cannot be read' },
  { line: ['compare', '@/folder', '--out', '@/compared'], says: 'has no results.json' },
  { line: ['compare', '', '--out', '@/compared'], says: 'unexpected ""' },
  having('study', 'config', '@/list.json', 'the experiment'),
  having('study', 'config', '{"arms":', 'JSON'),
  having('study', 'config', '{"steps":5}', 'steps is not a setting'),
  having('study', 'config', '{"training":{"steps":0}}', 'training.steps is 0'),
  ...['', '1,', '1,x', '1,1.5', '-1', '1e10'].map((seeds) =>
    having('study', 'seeds', seeds, 'seeds'),
  ),
  plus('study', ['--seed', '1', '--seeds', '1,2'], '--seed and --seeds'),
  plus('study', ['--resume', '@/folder'], '--resume and --'),
  { line: ['study', '--resume', '@/none'], says: 'config.json cannot be read' },
  { line: ['study', '--resume', '@/list.json'], says: 'list.json' },
  { line: ['study', '--resume', '@/folder', '--out', '@/folder'], says: '--resume and --out' },
  having('bench', 'only', 'train,dance'),
  having('bench', 'only', ''),
  having('bench', 'sizes', 'tiny,7b'),
  having('bench', 'sizes', 'tiny,'),
  having('bench', 'peers', 'lab'),
  having('bench', 'weights', 'f64'),
  having('bench', 'backend', 'cpu'),
  having('bench', 'memory-steps', '2'),
  having('bench', 'apart', 'yes'),
  having('merge', 'out', goldenFolder('llama'), 'is the model itself'),
  having('pretrain', 'folder', '@/list.json', 'list.json cannot be written'),
  having('pretrain', 'checkpoint', '@/folder', 'folder cannot be written'),
  having('pretrain', 'checkpoint', '@/list.json/x', 'cannot be written'),
  { line: [''], says: 'unknown command ""' },
  { line: ['dance'], says: 'unknown command "dance"' },
  { line: ['__proto__'], says: 'unknown command' },
  { line: ['toString'], says: 'unknown command' },
  { line: ['--version'], says: 'unknown command' },
  { line: ['help', 'dance'], says: 'unknown command' },
  { line: ['help', 'splits', 'now'], says: 'unexpected "now"' },
  { line: ['dance', '--help'], says: 'unknown command' },
];

let root: string;
let before: readonly string[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bad-lines-'));
  await mkdir(join(root, 'folder'));
  const text = '[{"value":"a"}]';
  const files: Record<string, string | Buffer> = {
    'list.json': '[]',
    'null.json': 'null',
    'cut.json': '[{"value":',
    'deep.json': '['.repeat(1e6),
    'latin1.json': Buffer.from('["caf\u00e9"]', 'latin1'),
    'utf16.json': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'utf16-unmarked.json': Buffer.from(text, 'utf16le').swap16(),
    'utf32.json': Buffer.from(new Uint32Array(Array.from(text, (c) => c.charCodeAt(0))).buffer),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content);
  before = await readdir(root, { recursive: true });
});

afterEach(async () => expect(await readdir(root, { recursive: true })).toEqual(before));

const LINES = [...OF_EVERY_COMMAND, ...PLACES, ...NO_FILES, ...NO_FOLDERS, ...ROW];

test('every command has a good line, and the table has its lines', () => {
  expect(Object.keys(GOOD).toSorted()).toEqual(NAMES.toSorted());
  for (const name of NAMES) {
    expect(LINES.filter(({ line }) => line[0] === name).length, name).toBeGreaterThan(20);
  }
});

test.each(LINES.map(({ line, says }) => [line.join(' ').slice(0, 100), line, says] as const))(
  'H6: %s',
  async (_, line, says) => {
    const { status, output, errors } = await lab(line.map((part) => part.replace(HERE, root)));
    expect(errors).toMatch(/^error: [^\n]+; [^\n]+\n$/);
    expect(errors.length).toBeLessThan(600);
    expect(errors).toContain(says);
    expect({ status, output }).toEqual({ status: 2, output: '' });
  },
);

test.each(NAMES)('%s: options know what they are without a value', async (name) => {
  const { command } = await COMMANDS[name]!.load();
  for (const [key, { value }] of Object.entries(optionsOf(command))) {
    if (value === undefined) continue;
    const { status, errors } = await lab([name, `--${key}`]);
    expect({ status, errors }).toEqual({ status: 2, errors: expect.stringContaining(`--${key}`) });
  }
});
