// The parts of the export's test: what is exported, and what is done with it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../ensure-installed.mjs';
import { REAL_FILES, whyAbsent } from '../real-model-files.mjs';
import { json, say } from './export-test.mjs';
import { firstLosses } from './first-losses.mjs';

/** Relative: the same arithmetic in another order. */
const LOSSES = 1e-4;
const BETA = { distribution: { family: 'beta', params: { alpha: 2, beta: 5 } } };
/** `accelerate launch` as the folder's README has it; on any free port. */
const LAUNCH = 'accelerate.commands.launch';
const launchedBy = (name) => ['--config_file', `accelerate/${name}.yaml`, '--main_process_port=0'];
const FSDP2 = join(root, 'scripts/export-test/fsdp2-on-gloo.py');
const NOTEBOOK = ['execute', 'calibration.ipynb'];

export const PARTS = { beta: oneDistribution, six: sixFamilies, smollm2: realModel };

/** Every layout of data and every kind of loss; copies and shards on two processes, a kill, the notebook, the way back. */
async function oneDistribution(test) {
  const beta = await test.exported('beta', {
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
  await test.python(['train.py', '--check'], beta);
  const check = ['--check', '--arms', 'soft', 'hard', 'tv'];
  const output = await test.launched(LAUNCH, [...launchedBy('ddp'), 'train.py', ...check], beta);
  // Two that do not know of each other would both speak.
  if (output.match(/^soft: agrees/gm)?.length !== 1)
    throw new Error('the two processes did not train together');
  await test.launched(LAUNCH, [...launchedBy('fsdp2'), FSDP2, ...check], beta);
  await killedAndResumed(test, beta);
  // The notebook trains and scores every arm, by the same lines that a person types.
  await test.launched('jupyter', NOTEBOOK, beta, { STEPS: '2' });
  await test.comesBack(beta);
}

/** Rows of six families in one batch, and exact scores of each. */
async function sixFamilies(test) {
  const six = await test.exported('six', {
    data: {
      families: ['beta', 'gaussian', 'poisson', 'binomial', 'gamma', 'uniform'],
      include_held_out: true,
    },
    arms: [{ method: 'none' }, { method: 'soft', paths: 4 }, { method: 'hard', answers: 4 }],
    evaluation: { splits: ['train'], prompts_per_family: 1 },
  });
  await test.python(['train.py', '--check'], six);
  await test.python(['train.py', '--arms', 'soft', '--steps', '2'], six);
  await test.launched(LAUNCH, [...launchedBy('ddp'), 'score.py'], six);
  await test.comesBack(six);
}

/** A real model from its GGUF file, which both sides read for themselves: five steps, and eleven answers to score. */
async function realModel(test) {
  const file = REAL_FILES.smollm2;
  if (!existsSync(file)) return say(whyAbsent(file));
  const config = {
    data: { ...BETA, decimals: 1 },
    arms: [{ method: 'none' }, { method: 'soft', paths: 1 }, { method: 'hard', answers: 1 }],
    training: { steps: 5, batch: 1, lora: { dropout: 0 } },
    evaluation: { splits: ['train'] },
  };
  const model = ['--model', file];
  const folder = await test.exported('smollm2', config, model);
  const own = await firstLosses(file, config);
  await test.python(['train.py'], folder);
  // Thirty layers in single precision are 1e-6 off, either way, so that both sides add up in double.
  await test.python(['score.py', '--dtype', 'float64'], folder);
  const { arms } = json(join(folder, 'results/results.json'));
  for (const [arm, losses] of Object.entries(own)) {
    const theirs = arms[arm].training.loss.map(([, loss]) => loss);
    const worst = Math.max(...losses.map((loss, i) => Math.abs(theirs[i] - loss) / loss));
    const compared = `${losses.length} losses, worst relative difference ${worst.toExponential(1)}`;
    console.log(`  ${arm}: ${compared}`);
    if (losses.length !== 5 || theirs.length !== 5 || !(worst <= LOSSES))
      throw new Error(`${arm}: ${compared}`);
  }
  await test.comesBack(folder, [...model, '--decimals', '1', '--backend', 'cpu']);
}

/** Training that is killed goes on to the losses that `--check` expects of one that was not. */
async function killedAndResumed(test, folder) {
  const scratch = join(folder, 'killed');
  const line = ['train.py', '--check', '--arms', 'soft', '--save-every', '1', '--out', scratch];
  await test.python(line, folder, async (child) => {
    while (!existsSync(join(scratch, 'soft.pt'))) await sleep(20);
    process.kill(child, 'SIGKILL');
  });
  const output = await test.python(line, folder);
  if (!/goes on from step ([1-9]|1\d)\n/.test(output))
    throw new Error('the killed training did not go on');
}
