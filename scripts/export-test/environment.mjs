// The Python that exported folders are tested with: EXPORT_PYTHON, or an environment of its own, made once.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../ensure-installed.mjs';

const ENVIRONMENT = join(root, 'node_modules/.cache/export-python');
/** Where pip puts what it downloads, so that nothing is left of an installation that is given up. */
const UNPACKING = join(ENVIRONMENT, 'unpacking');
const REQUIREMENTS = join(root, 'src/lab/export/folder/requirements.txt');
/** Beside what a person installs: what runs the notebook, and what reads GGUF files. */
const TOOLS = ['nbclient==0.11.0', 'ipykernel==7.4.0', 'gguf==0.19.0'];
/** What the pinned PyTorch and transformers ask for. */
const OLDEST = [3, 11];
/** 5.8 GB of packages, and the largest archive while it is unpacked. */
const ROOM = 8e9;
/** 3 GB, at 4 MB a second; an index that is slower is as good as none. */
const LONGEST_INSTALLATION = 15 * 60_000;
/** What pip says where no index answers, and of pins that none can help with. */
const NO_INDEX = /from versions: none/;
const WRONG_PINS = /ResolutionImpossible|conflicting dependencies|from versions: (?!none)/;

/**
 * The path of a Python that has all packages, or the reason why this machine has none.
 * @throws Error where the pinned packages do not go together: that is a fault of the project's
 */
export function findPython() {
  const { EXPORT_PYTHON } = process.env;
  if (EXPORT_PYTHON) return { python: EXPORT_PYTHON };
  const python = join(ENVIRONMENT, 'bin/python');
  const made = join(ENVIRONMENT, 'made');
  const wanted = `${readFileSync(REQUIREMENTS, 'utf8')}${TOOLS.join('\n')}\n`;
  if (existsSync(made) && readFileSync(made, 'utf8') === wanted) return { python };
  rmSync(ENVIRONMENT, { recursive: true, force: true });
  const reason = whyNotMade(python);
  if (reason !== undefined) {
    rmSync(ENVIRONMENT, { recursive: true, force: true });
    return { reason };
  }
  writeFileSync(made, wanted);
  return { python };
}

/** Makes the environment. */
function whyNotMade(python) {
  const system = ['python3', 'python3.13', 'python3.12', 'python3.11'].find(isNewEnough);
  if (!system) return `no Python ${OLDEST.join('.')} or newer that can make a virtual environment`;
  mkdirSync(UNPACKING, { recursive: true });
  const { bavail, bsize } = statfsSync(ENVIRONMENT);
  if (bavail * bsize < ROOM) {
    return `${((bavail * bsize) / 1e9).toFixed(1)} GB are free where ${ROOM / 1e9} are needed`;
  }
  const venv = run(system, ['-m', 'venv', ENVIRONMENT]);
  if (venv.status !== 0) return `no virtual environment could be made: ${venv.last}`;
  // Compiled are only the modules that are imported, when they are.
  const options = [
    '--quiet',
    '--no-cache-dir',
    '--no-compile',
    '--disable-pip-version-check',
    '--retries=2',
  ];
  const packages = ['-r', REQUIREMENTS, ...TOOLS];
  const pip = run(python, ['-m', 'pip', 'install', ...options, ...packages]);
  rmSync(UNPACKING, { recursive: true, force: true });
  if (pip.status === 0) return undefined;
  if (WRONG_PINS.test(pip.said)) throw new Error(`the pinned packages cannot be had: ${pip.said}`);
  if (NO_INDEX.test(pip.said)) return 'no index of packages could be reached';
  return `the packages could not be installed: ${pip.last}`;
}

function isNewEnough(python) {
  const program = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${OLDEST.join(', ')}))`;
  return run(python, ['-c', program]).status === 0;
}

function run(program, line) {
  const { status, stderr, error } = spawnSync(program, line, {
    ...{ encoding: 'utf8', timeout: LONGEST_INSTALLATION, stdio: ['ignore', 'ignore', 'pipe'] },
    env: { ...process.env, TMPDIR: UNPACKING },
  });
  const late = error?.code === 'ETIMEDOUT' && `not within ${LONGEST_INSTALLATION / 60_000} minutes`;
  const said = late || (error?.message ?? stderr);
  return { status, said, last: said.trim().split('\n').at(-1) };
}
