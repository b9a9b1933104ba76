// Where the code names an evaluation or a method outside its own files: `node scripts/mentions.mjs` prints each
// line. A key that is a word of its own counts wherever it stands, in any spelling; one that is an ordinary word
// (`open`, `exact`) counts as a text, or as a field of what is said of evaluations and arms.
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { root } from './ensure-installed.mjs';

/** Keys that mean other things, too. */
const ORDINARY = /^(samples|open|none|soft|hard|exact|temperature|verbalised)$/;
/** What such a word stands beside where it is the key. */
const CONTEXT = /evaluation|method|report/i;

/** About soft against hard targets by their subject; and commands whose kinds of parsers and targets have these names. */
const SUBJECT =
  /^src\/(lab\/(race|lessons)|ui\/(stage|trie|lessons))\/|\/(training-examples|commands\/(gradients|parse))\.ts$/;

/** Paths of all code in a room. */
const filesOf = (room) =>
  readdirSync(`${root}/${room}`, { recursive: true })
    .filter((name) => /\.(ts|svelte)$/.test(name))
    .map((name) => `${room}/${name.replaceAll('\\', '/')}`);

/** The lists, with an import and an entry for each. */
const LISTS = ['src/evaluation/index.ts', 'src/methods/index.ts'];

const keysIn = (folder) =>
  filesOf(`src/${folder}`).flatMap((file) => {
    const text = readFileSync(`${root}/${file}`, 'utf8');
    const key = /define(?:Evaluation|Method|Asking)\(\{\s*key: '(\w+)'/.exec(text)?.[1];
    return key === undefined ? [] : [{ key, file }];
  });

const camelCase = (key) => key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** Each line of code, less comments. */
function linesOf(file) {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  const code = text.replace(/\/\*[^]*?\*\/|<!--[^]*?-->/g, (it) => it.replace(/[^\n]/g, ''));
  return code.split('\n').map((line) => line.replace(/(^|\s)\/\/.*$/, ''));
}

/** @returns each evaluation and method with the lines that name it elsewhere */
export function mentions() {
  const files = ['src', 'cli', 'workers', 'build'].flatMap(filesOf);
  const code = files.filter((file) => !SUBJECT.test(file)).map((file) => [file, linesOf(file)]);
  return [...keysIn('evaluation'), ...keysIn('methods')].map(({ key, file }) => {
    const own = file.replace(/\.ts$/, '');
    const anywhere = new RegExp(`(?<![\\w-])(${key}|${camelCase(key)})(?![\\w-])`);
    const asText = new RegExp(`['"\`]${key}['"\`]`);
    const named = (line, path) =>
      !ORDINARY.test(key) || LISTS.includes(path)
        ? anywhere.test(line)
        : asText.test(line) && CONTEXT.test(line);
    const lines = code.flatMap(([path, all]) =>
      path === file || path.startsWith(`${own}/`)
        ? []
        : all.flatMap((line, i) => (named(line, path) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
    );
    return { key, file, lines };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { key, file, lines } of mentions()) {
    console.log([`${key} (${file}): ${lines.length}`, ...lines].join('\n  '));
  }
}
