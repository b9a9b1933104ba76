// `npm run test:export`: an exported folder against PyTorch, as a person would use it, on the processor.
// Makes a Python environment of its own (5 GB the first time) unless EXPORT_PYTHON names a python that has
// torch, transformers, peft, accelerate, matplotlib, nbclient and ipykernel.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureInstalled, root } from './ensure-installed.mjs';

ensureInstalled();
const ENVIRONMENT = {
  ...process.env,
  OMP_NUM_THREADS: '1',
  HF_HUB_OFFLINE: '1',
  ACCELERATE_USE_CPU: 'true',
  CUDA_VISIBLE_DEVICES: '',
};
/** Two processes on the processor: Accelerate's own launcher asks for MPI there, torchrun does not. */
const TWO = ['-m', 'torch.distributed.run', '--nproc_per_node', '2'];
const FIGURES = ['kl', 'tv', 'js', 'valid_mass', 'reference_logit_kl'];
/** Of scores, relative above 1. */
const SCORES = 1e-6;

const place = mkdtempSync(join(tmpdir(), 'export-'));
try {
  const python = pythonOf();
  const beta = exported('beta', {
    data: { distribution: { family: 'beta', params: { alpha: 2, beta: 5 } } },
    arms: [
      { method: 'none' },
      { method: 'soft', paths: 4 },
      { method: 'hard', answers: 4 },
      { name: 'tv', method: 'exact', objective: 'tv' },
      { name: 'whole', method: 'soft', paths: 'trie' },
      { name: 'anchored', method: 'soft', paths: 1, anchor: { batch: 2, prompts: 'sums' } },
    ],
    training: { batch: 4 },
    evaluation: { splits: ['train', 'test_unseen_params'] },
  });
  run(python, ['train.py', '--check'], beta);
  const { output } = run(
    python,
    [...TWO, 'train.py', '--check', '--arms', 'soft', 'hard', 'tv'],
    beta,
  );
  // Two that do not know of each other would both speak.
  if (output.match(/^soft: agrees/gm)?.length !== 1)
    fail('the two processes did not train together');
  const six = exported('six', {
    data: {
      families: ['beta', 'gaussian', 'poisson', 'binomial', 'gamma', 'uniform'],
      include_held_out: true,
    },
    arms: [
      { method: 'soft', paths: 4 },
      { method: 'hard', answers: 4 },
    ],
    evaluation: { splits: ['train'] },
  });
  run(python, ['train.py', '--check'], six);
  await killedAndResumed(python, beta);
  comesBack(python, beta);
  notebookRuns(python, beta);
  say('all of it agrees');
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** Training that is killed goes on to the losses that `--check` expects of one that was not. */
async function killedAndResumed(python, folder) {
  const scratch = join(folder, 'killed');
  const line = ['train.py', '--check', '--arms', 'soft', '--save-every', '1', '--out', scratch];
  const training = spawn(python, line, { cwd: folder, env: ENVIRONMENT, stdio: 'ignore' });
  while (!existsSync(join(scratch, 'soft.pt'))) await sleep(20);
  training.kill('SIGKILL');
  const { output } = run(python, line, folder);
  if (!/goes on from step ([1-9]|1\d)\n/.test(output)) fail('the killed training did not go on');
}

/** Scores of a trained adapter are the lab's own, and results open beside the lab's. */
function comesBack(python, folder) {
  run(python, ['train.py', '--arms', 'soft', '--steps', '8'], folder);
  run(python, ['score.py'], folder);
  const { arms } = JSON.parse(readFileSync(join(folder, 'results/results.json'), 'utf8'));
  for (const [arm, adapter] of [
    ['base', []],
    ['soft', ['--adapter', join(folder, 'results/adapters/soft')]],
  ]) {
    const line = ['exact', '--family', 'beta', '--params', 'alpha=2,beta=5', ...adapter];
    const own = JSON.parse(lab(line).output);
    for (const name of FIGURES) {
      const found = arms[arm].exact[0][name];
      const difference = Math.abs(found - own[name]) / Math.max(1, Math.abs(own[name]));
      if (!(difference <= SCORES))
        fail(`${arm}: ${name} is ${found} here, ${own[name]} in the lab`);
    }
  }
  lab(['compare', join(folder, 'results'), '--out', join(folder, 'report')]);
}

function notebookRuns(python, folder) {
  rmSync(join(folder, 'results'), { recursive: true });
  const program =
    'import nbformat, nbclient; nbclient.NotebookClient(nbformat.read("calibration.ipynb", 4), timeout=900).execute()';
  run(python, ['-c', program], folder, { ...ENVIRONMENT, STEPS: '2' });
}

function exported(name, config) {
  const out = join(place, name);
  lab(['export', '--config', JSON.stringify(config), '--out', out]);
  return out;
}

function pythonOf() {
  if (process.env.EXPORT_PYTHON) return process.env.EXPORT_PYTHON;
  const environment = join(root, 'node_modules/.cache/export-python');
  const python = join(environment, 'bin/python');
  if (existsSync(join(environment, 'made'))) return python;
  run('python3', ['-m', 'venv', environment], root);
  const requirements = join(root, 'src/lab/export/folder/requirements.txt');
  const tools = ['nbclient==0.11.0', 'ipykernel==7.4.0'];
  run(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements, ...tools], root);
  run('touch', [join(environment, 'made')], root);
  return python;
}

function lab(line) {
  return run(process.execPath, [join(root, 'scripts/lab.mjs'), ...line], root);
}

/** Runs a line to its end and shows it. Ends the test where the line fails. */
function run(program, line, cwd, env = ENVIRONMENT) {
  const path = `${dirname(program)}:${env.PATH}`;
  say([program.split('/').at(-1), ...line].join(' ').slice(0, 160));
  const { status, stdout, stderr, error } = spawnSync(program, line, {
    ...{ cwd, encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...env, PATH: path } },
  });
  for (const verdict of stdout?.match(/^.*(agrees|DIFFERS).*$/gm) ?? [])
    console.log(`  ${verdict}`);
  if (status !== 0) fail(`status ${status}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
  return { output: stdout };
}

function say(words) {
  console.log(`${new Date().toISOString().slice(11, 19)} ${words}`);
}

function fail(words) {
  throw new Error(words);
}
