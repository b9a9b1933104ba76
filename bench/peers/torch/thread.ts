// A step in PyTorch as a thread of the benchmarks: a process that is asked line by line.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { InputError } from '../../../src/core/errors.ts';
import type { Thread } from '../../places/place.ts';
import type { Run } from '../../tasks/task.ts';

const SCRIPT = fileURLToPath(new URL('./step.py', import.meta.url));

const LIBRARIES = ['torch', 'transformers', 'peft'] as const;

/**
 * Versions of the libraries that a step is made of.
 * @throws InputError where there is no such program, or it lacks one of them
 */
export async function torchVersions(python: string): Promise<Record<string, string>> {
  const code = `import json, ${LIBRARIES.join(', ')}
print(json.dumps({m.__name__: m.__version__ for m in (${LIBRARIES.join(', ')})}))`;
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', code]);
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, string>;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error))
      .trim()
      .split('\n')
      .at(-1);
    throw new InputError(
      `--python ${python} cannot be used (${reason}).`,
      `Name a Python with ${LIBRARIES.join(', ')}.`,
    );
  }
}

/** @param python the program @param folder as `writeModel` and `writeTask` leave it */
export async function openTorch(python: string, folder: string): Promise<Thread> {
  const begin = performance.now();
  const child = spawn(python, [SCRIPT, folder], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = `${said}${text.toString()}`.slice(-4096)));
  // Writing to a process that has ended is no failure of its own.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(failureOf(said)));
  });
  ended.catch(() => {}); // it is heard when something is asked of the process
  const answer = async <T>() => {
    const { value, done } = await Promise.race([lines.next(), ended]);
    return done ? await ended : (JSON.parse(value) as T);
  };
  await answer<'ready'>();
  return {
    openSeconds: (performance.now() - begin) / 1000,
    async run() {
      child.stdin.write('step\n');
      return { ...(await answer<Pick<Run, 'seconds' | 'figure'>>()), dispatches: null };
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end();
      await once(child, 'close');
    },
  };
}

const failureOf = (said: string) =>
  new Error(`PyTorch's step ended: ${said.trim().split('\n').at(-1) ?? ''}`);
