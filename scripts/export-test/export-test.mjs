// What the parts of the export's test do with a folder: make it, run its scripts, compare with the lab.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { register } from 'tsx/esm/api';
import { WarmPython } from './warm-python.mjs';

register();
const { runLab } = await import('../../cli/lab.ts');

const FIGURES = ['kl', 'tv', 'js', 'valid_mass', 'reference_logit_kl'];
/** Of scores, relative above 1. */
const SCORES = 1e-6;

const ENVIRONMENT = {
  ...process.env,
  OMP_NUM_THREADS: '1',
  HF_HUB_OFFLINE: '1',
  ACCELERATE_USE_CPU: 'true',
  CUDA_VISIBLE_DEVICES: '',
};

export class ExportTest {
  #python;
  #place;
  #warm;
  #launched;

  /** @param place a folder for all that is written */
  constructor(python, place) {
    this.#python = python;
    this.#place = place;
    this.#warm = new WarmPython(python, ENVIRONMENT, place);
  }

  /** Ends what still runs. */
  end() {
    this.#warm.end();
    this.#launched?.kill();
  }

  /** A command line of the lab, and what it writes. */
  async lab(line) {
    say(['lab', ...line].join(' '));
    let [output, errors] = ['', ''];
    const status = await runLab(line, {
      input: (async function* () {})(),
      write: (text) => Promise.resolve(void (output += text)),
      notify: (text) => void (errors += text),
      watched: false,
    });
    if (status !== 0) throw new Error(errors);
    return output;
  }

  async exported(name, config, more = []) {
    const folder = join(this.#place, name);
    await this.lab(['export', '--config', JSON.stringify(config), '--out', folder, ...more]);
    return folder;
  }

  /** A script of the folder. @param whileRunning gets its process; then it may end as it likes */
  async python(argv, folder, whileRunning) {
    say(['python', ...argv].join(' '));
    const { status, output } = await this.#warm.run(argv, folder, whileRunning);
    return verdicts(whileRunning ? 0 : status, output);
  }

  /** A module of Python from its very start, by the words of the folder's README. */
  async launched(module, argv, folder, env = {}) {
    say(['python -m', module, ...argv].join(' '));
    const path = `${dirname(this.#python)}:${process.env.PATH}`;
    this.#launched = spawn(this.#python, ['-m', module, ...argv], {
      ...{ cwd: folder, env: { ...ENVIRONMENT, ...env, PATH: path } },
    });
    let output = '';
    for (const stream of [this.#launched.stdout, this.#launched.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const status = await new Promise((resolve) => this.#launched.on('close', resolve));
    return verdicts(status, output);
  }

  /**
   * Scores of the untouched model and of trained adapters are the lab's own, and results open beside the lab's.
   * @param asking further options of `lab exact`
   */
  async comesBack(folder, asking = []) {
    const { arms } = json(join(folder, 'results/results.json'));
    const splits = ['train', 'test_unseen_params', 'test_ood_family'];
    const prompts = splits.flatMap((split) => lines(join(folder, `data/${split}.jsonl`)));
    let [worst, compared] = [0, 0];
    for (const [arm, { exact }] of Object.entries(arms)) {
      const path = join(folder, 'results/adapters', arm);
      const adapter = existsSync(path) ? ['--adapter', path] : [];
      // The first prompt of each family: every call of the lab loads the model anew.
      const firsts = new Map(exact.map((row) => [row.family, row]).reverse());
      for (const row of firsts.values()) {
        const { prompt } = prompts.find(({ id }) => id === row.id);
        const [, params] = /with parameters (.*)\. Output/.exec(prompt);
        const asked = ['--family', row.family, '--params', params.replaceAll(' ', '')];
        const own = JSON.parse(await this.lab(['exact', ...asked, ...adapter, ...asking]));
        for (const name of FIGURES) {
          const difference = Math.abs(row[name] - own[name]) / Math.max(1, Math.abs(own[name]));
          if (!(difference <= SCORES))
            throw new Error(`${arm}, ${row.id}: ${name} is ${row[name]}, in the lab ${own[name]}`);
          worst = Math.max(worst, difference);
          compared++;
        }
      }
    }
    console.log(`  ${compared} exact scores: worst relative difference ${worst.toExponential(1)}`);
    await this.lab(['compare', join(folder, 'results'), '--out', join(folder, 'report')]);
  }
}

/** Shows what a script says of its comparisons. @throws Error where it failed */
function verdicts(status, output) {
  for (const verdict of output.match(/^.*(agrees|DIFFERS).*$/gm) ?? []) console.log(`  ${verdict}`);
  if (status !== 0) throw new Error(`it ended with status ${status}:\n${output}`);
  return output;
}

export function say(words) {
  console.log(`${new Date().toISOString().slice(11, 19)} ${words.slice(0, 160)}`);
}

export function json(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Of a file with or without lines. */
function lines(path) {
  const text = readFileSync(path, 'utf8').trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
}
