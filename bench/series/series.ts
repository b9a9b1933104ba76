// Runs of several tasks side by side, so that a machine's moods meet all of them alike.
import type { Run, BenchTask } from '../tasks/task.ts';
import type { Place, Thread } from '../places/place.ts';

export interface SeriesOptions {
  /** Runs before those that are timed; the first compiles. */
  readonly warmUp: number;
  /** Timed runs of each task. */
  readonly runs: number;
  /** One task after the other, each with the memory to itself, instead of turn by turn. */
  readonly apart: boolean;
  readonly onProgress: (line: string) => void;
}

export interface Measurements {
  readonly openSeconds: number;
  /** The warm-up first. */
  readonly warmUp: readonly Run[];
  readonly timed: readonly Run[];
}

/** Why a task could not be run to its end. */
export interface Failure {
  readonly failed: string;
}

export type SeriesByName<Name extends string> = Readonly<Record<Name, Measurements | Failure>>;

/** A task that fails does not stop the others. */
export async function runSeries<Name extends string>(
  place: Pick<Place, 'open'>,
  tasks: Readonly<Record<Name, BenchTask>>,
  options: SeriesOptions,
): Promise<SeriesByName<Name>> {
  const runners = (Object.keys(tasks) as Name[]).map(
    (name) => new Runner(place, name, tasks[name], options),
  );
  for (const group of options.apart ? runners.map((runner) => [runner]) : [runners]) {
    for (const runner of group) await runner.warmUp();
    for (let i = 0; i < options.runs; i++) {
      for (const runner of group) await runner.runOnce();
    }
    for (const runner of group) await runner.close();
  }
  return Object.fromEntries(runners.map((runner) => [runner.name, runner.result])) as {
    [Key in Name]: Measurements | Failure;
  };
}

class Runner {
  readonly name: string;
  readonly #place: Pick<Place, 'open'>;
  readonly #task: BenchTask;
  readonly #options: SeriesOptions;
  readonly #warmUp: Run[] = [];
  readonly #timed: Run[] = [];
  #thread: Thread | undefined;
  #openSeconds = 0;
  #failure: Failure | undefined;

  constructor(place: Pick<Place, 'open'>, name: string, task: BenchTask, options: SeriesOptions) {
    [this.#place, this.name, this.#task, this.#options] = [place, name, task, options];
  }

  get result(): Measurements | Failure {
    const series = {
      openSeconds: this.#openSeconds,
      warmUp: this.#warmUp,
      timed: this.#timed,
    };
    return this.#failure ?? series;
  }

  async warmUp(): Promise<void> {
    await this.#guarded(async () => {
      this.#thread = await this.#place.open(this.#task, this.name);
      this.#openSeconds = this.#thread.openSeconds;
      this.#say(`ready after ${this.#openSeconds.toFixed(1)} s`);
      for (let i = 0; i < this.#options.warmUp; i++) this.#warmUp.push(await this.#run());
    });
  }

  async runOnce(): Promise<void> {
    await this.#guarded(async () => void this.#timed.push(await this.#run()));
  }

  async close(): Promise<void> {
    await this.#thread?.close();
    this.#thread = undefined;
  }

  async #run(): Promise<Run> {
    const run = await this.#thread!.run();
    this.#say(`${run.seconds.toFixed(3)} s`);
    return run;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    if (this.#failure) return;
    try {
      await work();
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
      this.#failure = { failed: reason! };
      this.#say(`failed: ${reason}`);
      await this.close();
    }
  }

  #say(what: string): void {
    this.#options.onProgress(`${this.name}: ${what}`);
  }
}
