// `npm run check`: every check:… of package.json, as many at a time as there are processors; what they
// say is shown as they end, and one that fails makes the whole fail.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { root } from './ensure-installed.mjs';

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const waiting = Object.keys(scripts).filter((name) => name.startsWith('check:'));
let failed = false;

function run(name) {
  return new Promise((resolve) => {
    const options = { cwd: root, shell: process.platform === 'win32' };
    const child = spawn('npm', ['run', '--silent', name], options);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.on('close', (status) => {
      console.log(`${status === 0 ? 'passed' : 'FAILED'}: ${name}`);
      if (status !== 0) console.log(said);
      failed ||= status !== 0;
      resolve();
    });
  });
}

async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await run(name);
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
process.exitCode = failed ? 1 : 0;
