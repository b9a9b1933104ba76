// Installs the project's packages when they are not those of the lock file.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`error: Node ${process.versions.node} is too old; install Node 20.19 or newer`);
    process.exit(2);
  }
  if (isInstalled()) return;
  console.error('Installing packages …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('error: installing packages failed; see the messages above');
    process.exit(1);
  }
}

/** Whether every package has the version that the lock file asks for; optional ones may be missing. */
function isInstalled() {
  try {
    const wanted = packagesOf('package-lock.json');
    const installed = packagesOf('node_modules/.package-lock.json');
    return Object.entries(wanted).every(([path, { version, optional }]) => {
      const found = installed[path]?.version;
      return path === '' || found === version || (optional && found === undefined);
    });
  } catch {
    return false; // nothing is installed, or not to the end
  }
}

const packagesOf = (lock) => JSON.parse(readFileSync(`${root}${lock}`, 'utf8')).packages;
