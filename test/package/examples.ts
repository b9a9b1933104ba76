// The examples of the core's documentation, as programs that check what they say.
import { readFileSync } from 'node:fs';
import ts from 'typescript';

export interface Example {
  /** Of what, e.g. `buildTrie`. */
  readonly name: string;
  readonly code: string;
}

/** What an entry exports. */
export interface Exported {
  readonly name: string;
  /** Whether it is there at run time, too. */
  readonly isValue: boolean;
  readonly words: string;
  readonly examples: readonly string[];
}

/** @param entry path of a TypeScript file */
export function exportsOf(entry: string): Exported[] {
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
  return checker.getExportsOfModule(module).map((found) => {
    const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    const tags = symbol.getJsDocTags(checker).filter(({ name }) => name === 'example');
    return {
      name: symbol.name,
      isValue: (symbol.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(found),
      words: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      examples: tags.map(({ text }) => ts.displayPartsToString(text)),
    };
  });
}

/** `export { type Name }`, whatever the name stands for. */
const isTypeOnly = ({ declarations = [] }: ts.Symbol) =>
  declarations.some((declaration) => ts.isTypeOnlyImportOrExportDeclaration(declaration));

/** The TypeScript blocks of a page, each as its own example. */
export function examplesOfPage(path: string): Example[] {
  const blocks = readFileSync(path, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm);
  return [...blocks].map(([, code], i) => ({ name: `page${i + 1}`, code: code! }));
}

/**
 * The example with a check wherever a statement says its value, `trie.nodeCount; // => 4`. Numbers are
 * written with six significant digits.
 */
export function checked({ name, code }: Example): string {
  const file = ts.createSourceFile(`${name}.ts`, code, ts.ScriptTarget.ES2022, true);
  const edits: { from: number; to: number; text: string }[] = [];
  const nodes: ts.Node[] = [file];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    ts.forEachChild(node, (child) => void nodes.push(child));
    if (!ts.isExpressionStatement(node)) continue;
    const said = /^\s*\/\/ => (.*)/.exec(code.slice(node.end))?.[1];
    if (said === undefined) continue;
    const [from, to] = [node.getStart(), node.end];
    const expression = node.expression.getText();
    edits.push({
      from,
      to,
      text: `check(${JSON.stringify(name)}, ${expression}, ${JSON.stringify(said)});`,
    });
  }
  if (edits.length === 0) throw new Error(`the example of ${name} says no value`);
  edits.sort((a, b) => b.from - a.from);
  const body = edits.reduce(
    (text, { from, to, text: by }) => text.slice(0, from) + by + text.slice(to),
    code,
  );
  return `import { check } from './check.js';\n${body}\n`;
}

/** `check.ts` of the project that runs them. */
export const CHECK = `
const shown = (value: unknown) =>
  JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === 'number'
      ? Number.isFinite(entry) ? Number(entry.toPrecision(6)) : String(entry)
      : ArrayBuffer.isView(entry) ? Array.from(entry as Float64Array) : entry,
  ) ?? 'undefined';
const tight = (text: string) => text.replace(/,\\s+/g, ',');

export function check(name: string, value: unknown, said: string): void {
  if (tight(shown(value)) !== tight(said)) {
    console.log(\`\${name}: \${shown(value)}, but its example says \${said}\`);
    process.exitCode = 1;
  }
}
`;
