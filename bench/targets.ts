// Builds every prompt of the full grid at 5 decimals and 1001 bins, with a trie of characters:
// `npx tsx bench/targets.ts`. The paper's code needs 276 s for the same in one thread.
import { createDistribution } from '../src/core/distributions/create.ts';
import { buildSplits } from '../src/core/prompts/splits.ts';
import { buildTrie } from '../src/core/targets/build-trie.ts';
import { outputSpace } from '../src/core/targets/output-space.ts';

const REFERENCE_SECONDS = 276;
const settings = { decimals: 5, bins: 1001 };
const encode = (text: string) => {
  const ids = new Array<number>(text.length);
  for (let i = 0; i < text.length; i++) ids[i] = text.charCodeAt(i);
  return ids;
};

const start = performance.now();
const cpuStart = process.cpuUsage();
const prompts = Object.values(buildSplits()).flat();
let spaceTime = 0;
let values = 0;
let nodes = 0;
for (const { family, parameters } of prompts) {
  const began = performance.now();
  const space = outputSpace(createDistribution(family, parameters), settings);
  spaceTime += performance.now() - began;
  values += space.values.length;
  nodes += buildTrie(space, encode, 0).nodeCount;
}
const seconds = (performance.now() - start) / 1000;
const cpu = process.cpuUsage(cpuStart);

console.log(
  JSON.stringify({
    prompts: prompts.length,
    values,
    nodes,
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6, // the machine may be busy with other things
    spaceSeconds: spaceTime / 1000,
    trieSeconds: seconds - spaceTime / 1000,
    ratioToReference: REFERENCE_SECONDS / seconds,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
