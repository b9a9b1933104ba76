// One owner for a folder: a process that works in it leaves a file that says which one it is.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../src/core/errors.ts';

/** A file's name tells its process apart from any other, also from a later one with the same number. */
const NAME = /^lock-(\d+)-([\w.]*)-[\w-]+$/;

/** Two processes that start at the same moment see each other and step back this often. */
const ATTEMPTS = 4;
const PAUSE_MS = 100;

export class FolderLock {
  private constructor(
    private readonly folder: string,
    private readonly path: string,
  ) {}

  /** @throws InputError where another process that is alive works there */
  static async take(folder: string): Promise<FolderLock> {
    mkdirSync(folder, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const name = `lock-${process.pid}-${startOf(process.pid)}-${randomUUID()}`;
      const path = join(folder, name);
      writeFileSync(path, '', { flag: 'wx' });
      // Whoever looks after this line sees it: of two that look, at most one finds itself alone.
      const owner = others(folder, name)[0];
      if (owner === undefined) return new FolderLock(folder, path);
      rmSync(path, { force: true });
      if (attempt === ATTEMPTS) {
        throw new InputError(
          `another process (${owner}) is at work on ${folder}`,
          'wait for its end, or give another folder',
          'out',
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (1 + Math.random())));
    }
  }

  /** @throws Error where the folder was deleted: what is written then would lack its beginning */
  check(): void {
    if (existsSync(this.path)) return;
    throw new Error(`${this.folder} was deleted while it was worked on; nothing more is written`);
  }

  release(): void {
    rmSync(this.path, { force: true });
  }
}

/** The living processes besides this lock that work in a folder; what dead ones left is removed. */
function others(folder: string, own: string): number[] {
  const owners: number[] = [];
  for (const name of readdirSync(folder)) {
    const [, pid, start] = NAME.exec(name) ?? [];
    if (pid === undefined || name === own) continue;
    if (isAlive(Number(pid)) && startOf(Number(pid)) === start) owners.push(Number(pid));
    else rmSync(join(folder, name), { force: true });
  }
  return owners;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in letters that a file's name can have; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    // Behind the command's name, which ends with the last parenthesis, the twentieth field.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    try {
      const said = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
      return said.trim().replace(/\W+/g, '.');
    } catch {
      return '';
    }
  }
}
