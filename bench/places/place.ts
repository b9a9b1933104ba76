// Where benchmarks run: threads of this process, or workers of a page in a headless Chromium.
import type { PeerBackend } from '../peers/peer.ts';
import type { Run, BenchTask } from '../tasks/task.ts';

export interface Place {
  readonly backend: PeerBackend;
  /** What does the arithmetic, in words. */
  readonly adapter: string;
  /** Of what the place is made of, e.g. `node`. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * Starts a thread of its own for a task: nothing is shared but the machine.
   * @param name what the task is called among those that are measured with it
   */
  open(task: BenchTask, name?: string): Promise<Thread>;
  close(): Promise<void>;
}

export interface Thread {
  /** Until the task was ready, without compilation. */
  readonly openSeconds: number;
  run(): Promise<Run>;
  close(): Promise<void>;
}

/** Whether a processor takes the place of a GPU. */
export function computesOnProcessor({
  backend,
  adapter,
}: Pick<Place, 'backend' | 'adapter'>): boolean {
  return backend === 'wasm' || /swiftshader|llvmpipe|lavapipe|software/i.test(adapter);
}
