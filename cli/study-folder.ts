// The folder of a study: its results, and what is needed to go on with it.
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reportCharts } from '../src/charts/comparison-charts.ts';
import { adapterReadme } from '../src/lab/results/adapter-readme.ts';
import { comparedResults } from '../src/lab/compare/compared-results.ts';
import { compare } from '../src/lab/compare/comparison.ts';
import type { Checkpoint, StudyEvent } from '../src/lab/events.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { answersFile } from '../src/lab/results/kept-answers.ts';
import { resultsCsv } from '../src/lab/results/results-csv.ts';
import { resultsOf } from '../src/lab/results/results.ts';
import type { Results } from '../src/lab/results/results.ts';
import { chartsReport } from '../src/lab/results/study-charts-report.ts';
import { RunFold } from '../src/lab/state/run-state.ts';
import { studyReport } from '../src/lab/results/study-report.ts';
import { writeCharts } from './chart-files.ts';
import type { FolderLock } from './folder-lock.ts';
import { packed, unpacked, type Saved } from './saved-study.ts';
import { writeConfig } from './study-config.ts';
import { toJson } from './terminal.ts';
import { writeInFolder } from './write-file.ts';

const RESUME = 'resume.bin';
const DAMAGED = 'resume.damaged.bin';
export const RESULTS = 'results.json';

export class StudyFolder {
  #events: StudyEvent[] = [];
  #fold: RunFold;
  #checkpoint: Checkpoint | undefined;
  #notice: string | undefined;

  private constructor(
    readonly path: string,
    readonly experiment: Experiment,
    private readonly lock: FolderLock | undefined,
  ) {
    this.#fold = new RunFold(experiment, { answers: 'last' });
  }

  /** A fresh folder with config.json. @throws InputError if it cannot be written */
  static async create(
    path: string,
    experiment: Experiment,
    lock?: FolderLock,
  ): Promise<StudyFolder> {
    await writeConfig(path, experiment);
    return new StudyFolder(path, experiment, lock);
  }

  /** The folder of an interrupted study, as far as it had come. */
  static async open(path: string, experiment: Experiment, lock?: FolderLock): Promise<StudyFolder> {
    const folder = new StudyFolder(path, experiment, lock);
    await folder.rewind();
    return folder;
  }

  /** Where the study can be gone on with. */
  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint;
  }

  /** What a person should know of what was found here. */
  get notice(): string | undefined {
    return this.#notice;
  }

  /** Forgets what came after the last checkpoint; a damaged one is set aside, and the study begins anew. */
  async rewind(): Promise<Checkpoint | undefined> {
    const saved = await this.#saved();
    this.#checkpoint = saved?.checkpoint;
    this.#events = [...(saved?.events ?? [])];
    this.#fold = new RunFold(this.experiment, { answers: 'last' });
    for (const event of [...this.#events, ...(saved?.answers ?? [])]) this.#fold.add(event);
    return this.#checkpoint;
  }

  async #saved(): Promise<Saved | undefined> {
    const path = join(this.path, RESUME);
    if (!existsSync(path)) return undefined;
    const saved = unpacked(await readFile(path));
    if (saved) return saved;
    await rename(path, join(this.path, DAMAGED));
    this.#notice =
      `${path} is damaged and was set aside as ${DAMAGED}; ` +
      'the study in this folder begins anew';
    return undefined;
  }

  /** Keeps an event; checkpoints and adapters are written at once. */
  async add(event: StudyEvent): Promise<void> {
    this.#fold.add(event);
    switch (event.type) {
      case 'phase':
      case 'target':
      case 'snapshot':
        return; // no part of the results, or kept by the fold
      case 'checkpoint': {
        const { checkpoint } = event;
        const saved: Saved = { checkpoint, events: this.#events, answers: this.#answers() };
        return this.#write(RESUME, packed(saved));
      }
      case 'adapter':
        for (const [name, bytes] of Object.entries(event.files)) {
          await this.#write(join('adapters', event.arm, name), bytes);
        }
        return;
      default:
        this.#events.push(event);
    }
  }

  /** Writes the results; the folder can no longer be resumed. */
  async finish(): Promise<Results> {
    const results = resultsOf(this.#fold.state);
    await this.#write(RESULTS, `${toJson(results)}\n`);
    await this.#write('results.csv', resultsCsv(results));
    await this.#writeReport(results);
    for (const arm of Object.keys(results.arms)) {
      const readme = adapterReadme(results, arm);
      if (readme !== undefined) await this.#write(join('adapters', arm, 'README.md'), readme);
    }
    await rm(join(this.path, RESUME), { force: true });
    return results;
  }

  async #writeReport(results: Results): Promise<void> {
    const answers = answersFile(this.#fold.state);
    await this.#write('answers.json', `${toJson(answers)}\n`);
    const run = comparedResults(results, answers, { id: 'study', name: 'study' });
    const comparison = compare(run.arms.map((arm) => ({ run, arm })));
    const charts = await writeCharts(reportCharts(comparison), (name, text) =>
      this.#write(name, text),
    );
    await this.#write('report.md', studyReport(results) + chartsReport(charts));
  }

  #answers(): StudyEvent[] {
    return this.#fold.state.targets.flatMap(({ snapshots, ...target }) => [
      target,
      ...Object.values(snapshots).flat(),
    ]);
  }

  #write(name: string, content: string | Uint8Array): Promise<void> {
    this.lock?.check();
    return writeInFolder(this.path, name, content);
  }
}

/** Whether a study was begun and left there. */
export const isInterrupted = (path: string): boolean => existsSync(join(path, RESUME));

/** Whether all results of a study lie there. */
export const isFinished = (path: string): boolean =>
  existsSync(join(path, RESULTS)) && !isInterrupted(path);
