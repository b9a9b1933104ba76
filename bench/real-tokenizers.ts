// Time to tokenize the 1001 answers of a distribution at 5 decimals and to build their trie, with
// published tokenizers: `npx tsx bench/real-tokenizers.ts FOLDER…`, each with a `tokenizer.json`.
import { basename } from 'node:path';
import { nodeFolder } from '../cli/model-folder.ts';
import { createDistribution } from '../src/core/distributions/create.ts';
import { buildTrie } from '../src/core/targets/build-trie.ts';
import { outputSpace } from '../src/core/targets/output-space.ts';
import type { ModelFiles } from '../src/model/files/model-files.ts';
import { numberCutting } from '../src/model/tokenizer/number-cutting.ts';
import { loadTokenizer } from '../src/model/tokenizer/tokenizer.ts';

const PLACE = { decimals: 5, bins: 1001 };
const REPEATS = 5;

const folders = process.argv.slice(2);
const space = outputSpace(createDistribution('gaussian', { mu: 0, sigma: 1 }), PLACE);
for (const folder of folders) {
  const files = await nodeFolder(folder);
  const [tokenizer, loadSeconds] = await timed(() => loadTokenizer(ending(files)));
  const builds: number[] = [];
  let nodes = 0;
  for (let i = 0; i < REPEATS; i++) {
    const [trie, seconds] = await timed(() =>
      buildTrie(space, (text) => tokenizer.encodeAnswer(text), tokenizer.endToken),
    );
    builds.push(seconds);
    nodes = trie.nodeCount;
  }
  const { kind, examples } = numberCutting(tokenizer);
  console.log(
    JSON.stringify({
      tokenizer: basename(folder),
      ...{ cutting: kind, example: examples[0]!.pieces.join('|') },
      ...{ answers: space.values.length, nodes, loadSeconds },
      // The first meets every answer anew, and code that is not compiled yet.
      ...{ firstMs: builds[0]! * 1000, laterMs: Math.min(...builds.slice(1)) * 1000 },
    }),
  );
}

async function timed<T>(action: () => T | Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await action(), (performance.now() - began) / 1000];
}

/** A tokenizer without its model may name no token that ends answers; which one does not matter here. */
function ending(files: ModelFiles): ModelFiles {
  const standIn = new TextEncoder().encode('{"eos_token_id":0}');
  return async (name) =>
    (await files(name)) ?? (name === 'generation_config.json' ? standIn : undefined);
}
