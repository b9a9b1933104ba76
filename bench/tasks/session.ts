// A thread's side of the benchmarks: holds one task and runs it when asked, with a stopwatch.
import { dispatches, watchDispatches } from './dispatch-counter.ts';
import { openTask } from './open-task.ts';
import type { OpenedTask, Run, BenchTask, Workplace } from './task.ts';

/** Offered to the driver over Comlink: arguments and results are plain data. */
export class TaskSession {
  readonly #place: Workplace;
  #task: OpenedTask | undefined;

  constructor(place: Workplace) {
    this.#place = place;
  }

  /** To be called once, first. @returns seconds until the task was ready, compilation not included */
  async open(task: BenchTask): Promise<number> {
    watchDispatches();
    const began = performance.now();
    this.#task = await openTask(task, this.#place);
    return (performance.now() - began) / 1000;
  }

  async run(): Promise<Run> {
    const task = this.#task!;
    const before = dispatches();
    const began = performance.now();
    const figure = await task.run();
    const seconds = (performance.now() - began) / 1000;
    return {
      seconds,
      figure,
      dispatches: before === null ? null : dispatches()! - before,
      ...task.details?.(),
    };
  }
}
