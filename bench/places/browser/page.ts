// The page of the benchmarks: one worker per task; the driver calls `bench` from outside.
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import type { TaskSession } from '../../tasks/session.ts';
import type { Run, BenchTask } from '../../tasks/task.ts';

interface Thread {
  readonly worker: Worker;
  readonly session: Remote<TaskSession>;
  /** Rejects if the worker dies. */
  readonly failed: Promise<never>;
}

const threads = new Map<number, Thread>();

const bench = {
  /** What `navigator.gpu` offers, in words; null without a GPU adapter. */
  async adapter(): Promise<string | null> {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    const { vendor, architecture, device, description } = adapter.info;
    return [vendor, architecture, device, description].filter(Boolean).join(' ') || 'unnamed';
  },
  open(id: number, task: BenchTask): Promise<number> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    const failed = new Promise<never>((_, reject) => {
      worker.addEventListener('error', ({ message }) =>
        reject(new Error(message || 'the worker could not be started')),
      );
    });
    failed.catch(() => {}); // it is heard when something is asked of the worker
    const session = wrap<TaskSession>(worker);
    threads.set(id, { worker, session, failed });
    return Promise.race([session.open(task), failed]);
  },
  run(id: number): Promise<Run> {
    const { session, failed } = threads.get(id)!;
    return Promise.race([session.run(), failed]);
  },
  close(id: number): void {
    threads.get(id)?.worker.terminate();
    threads.delete(id);
  },
};

export type BenchPage = typeof bench;
Object.assign(globalThis, { bench });
