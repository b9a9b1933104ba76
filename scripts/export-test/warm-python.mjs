// One Python that has imported PyTorch, and runs script after script in processes of their own.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('warm-python.py', import.meta.url));

export class WarmPython {
  #process;
  #lines;
  #output;

  /** @param scratch a folder for what scripts say */
  constructor(python, env, scratch) {
    this.#output = join(scratch, 'said.txt');
    this.#process = spawn(python, [PROGRAM], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Runs a script to its end, one at a time.
   * @param whileRunning gets the number of its process
   */
  async run(argv, cwd, whileRunning) {
    const task = { argv, cwd, output: this.#output };
    this.#process.stdin.write(`${JSON.stringify(task)}\n`);
    const child = await this.#number();
    await whileRunning?.(child);
    const status = await this.#number();
    return { status, output: readFileSync(this.#output, 'utf8') };
  }

  /** Ends it, and a script that still runs. */
  end() {
    if (this.#process.exitCode === null) process.kill(-this.#process.pid, 'SIGKILL');
  }

  async #number() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('Python ended before its script did');
    return Number(value);
  }
}
