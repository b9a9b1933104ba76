// `npm run test:export [-- beta six smollm2]`: exported folders against PyTorch, as a person would use them, on
// the processor.
// Makes a Python environment of its own (5 GB the first time) unless EXPORT_PYTHON names a python that has
// torch, transformers, peft, accelerate, matplotlib, gguf, nbclient and ipykernel.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureInstalled, root } from './ensure-installed.mjs';
import { REAL_FILES, whyAbsent } from './real-model-files.mjs';

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
const FSDP2 = join(root, 'scripts/fsdp2-on-gloo.py');
const FIGURES = ['kl', 'tv', 'js', 'valid_mass', 'reference_logit_kl'];
/** Of scores, relative above 1. */
const SCORES = 1e-6;

/** Relative: the same arithmetic in another order. */
const LOSSES = 1e-4;
const BETA = { distribution: { family: 'beta', params: { alpha: 2, beta: 5 } } };

const place = mkdtempSync(join(tmpdir(), 'export-'));
const parts = { beta: oneDistribution, six: sixFamilies, smollm2: realModel };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
try {
  const python = pythonOf();
  for (const part of wanted) await parts[part](python);
  say('all of it agrees');
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** Every layout of data and every kind of loss; copies and shards on two processes, a kill, the way back, the notebook. */
async function oneDistribution(python) {
  const beta = exported('beta', {
    data: BETA,
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
  run(python, [...TWO, FSDP2, '--check', '--arms', 'soft', 'hard', 'tv'], beta);
  await killedAndResumed(python, beta);
  run(python, ['train.py', '--arms', 'soft', '--steps', '8'], beta);
  run(python, ['score.py'], beta);
  comesBack(beta);
  notebookRuns(python, beta);
}

/** Rows of six families in one batch, and exact scores of each. */
function sixFamilies(python) {
  const six = exported('six', {
    data: {
      families: ['beta', 'gaussian', 'poisson', 'binomial', 'gamma', 'uniform'],
      include_held_out: true,
    },
    arms: [{ method: 'none' }, { method: 'soft', paths: 4 }, { method: 'hard', answers: 4 }],
    evaluation: { splits: ['train'], prompts_per_family: 1 },
  });
  run(python, ['train.py', '--check'], six);
  run(python, ['train.py', '--arms', 'soft', '--steps', '2'], six);
  run(python, ['score.py'], six);
  comesBack(six);
}

/** A real model from its GGUF file, which both sides read for themselves: five steps. */
function realModel(python) {
  const file = REAL_FILES.smollm2;
  if (!existsSync(file)) return say(whyAbsent(file));
  const config = {
    data: BETA,
    arms: [{ method: 'none' }, { method: 'soft', paths: 1 }, { method: 'hard', answers: 1 }],
    training: { steps: 5, batch: 1, lora: { dropout: 0 } },
    evaluation: { splits: ['train'] },
  };
  const model = ['--model', file];
  const folder = exported('smollm2', config, model);
  const line = [join(root, 'scripts/first-losses.mjs'), file, JSON.stringify(config)];
  const own = JSON.parse(run(process.execPath, line, root).output);
  run(python, ['train.py'], folder);
  // Thirty layers in single precision are 1e-6 off, either way, so that both sides add up in double.
  run(python, ['score.py', '--dtype', 'float64'], folder);
  const { arms } = json(join(folder, 'results/results.json'));
  for (const [arm, losses] of Object.entries(own)) {
    const theirs = arms[arm].training.loss.map(([, loss]) => loss);
    const worst = Math.max(...losses.map((loss, i) => Math.abs(theirs[i] - loss) / loss));
    const compared = `${losses.length} losses, worst relative difference ${worst.toExponential(1)}`;
    console.log(`  ${arm}: ${compared}`);
    if (losses.length !== 5 || theirs.length !== 5 || !(worst <= LOSSES))
      fail(`${arm}: ${compared}`);
  }
  comesBack(folder, [...model, '--backend', 'cpu']);
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

/** Scores of the untouched model and of trained adapters are the lab's own, and results open beside the lab's. */
function comesBack(folder, model = []) {
  const { arms } = json(join(folder, 'results/results.json'));
  const splits = ['train', 'test_unseen_params', 'test_ood_family'];
  const prompts = splits.flatMap((split) => lines(join(folder, `data/${split}.jsonl`)));
  let worst = 0;
  for (const arm of Object.keys(arms)) {
    const path = join(folder, 'results/adapters', arm);
    const adapter = existsSync(path) ? ['--adapter', path] : [];
    // The first prompt of each family: every call of the lab loads the model anew.
    const firsts = new Map(arms[arm].exact.map((row) => [row.family, row]).reverse());
    for (const row of firsts.values()) {
      const { prompt } = prompts.find(({ id }) => id === row.id);
      const [, params] = /with parameters (.*)\. Output/.exec(prompt);
      const asked = ['--family', row.family, '--params', params.replaceAll(' ', '')];
      const own = JSON.parse(lab(['exact', ...asked, ...adapter, ...model]).output);
      for (const name of FIGURES) {
        const difference = Math.abs(row[name] - own[name]) / Math.max(1, Math.abs(own[name]));
        if (!(difference <= SCORES))
          fail(`${arm}, ${row.id}: ${name} is ${row[name]} here, ${own[name]} in the lab`);
        worst = Math.max(worst, difference);
      }
    }
  }
  console.log(`  exact scores: worst relative difference ${worst.toExponential(1)}`);
  lab(['compare', join(folder, 'results'), '--out', join(folder, 'report')]);
}

function notebookRuns(python, folder) {
  rmSync(join(folder, 'results'), { recursive: true });
  const program =
    'import nbformat, nbclient; nbclient.NotebookClient(nbformat.read("calibration.ipynb", 4), timeout=900).execute()';
  run(python, ['-c', program], folder, { ...ENVIRONMENT, STEPS: '2' });
}

function exported(name, config, more = []) {
  const out = join(place, name);
  lab(['export', '--config', JSON.stringify(config), '--out', out, ...more]);
  return out;
}

function json(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Of a file with or without lines. */
function lines(path) {
  const text = readFileSync(path, 'utf8').trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
}

function pythonOf() {
  if (process.env.EXPORT_PYTHON) return process.env.EXPORT_PYTHON;
  const environment = join(root, 'node_modules/.cache/export-python');
  const python = join(environment, 'bin/python');
  if (existsSync(join(environment, 'made'))) return python;
  run('python3', ['-m', 'venv', environment], root);
  const requirements = join(root, 'src/lab/export/folder/requirements.txt');
  const tools = ['nbclient==0.11.0', 'ipykernel==7.4.0', 'gguf==0.19.0'];
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
