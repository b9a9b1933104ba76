// The folder of a study: its configuration, its results, and what is needed to go on with it.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { InputError } from '../src/core/errors.ts';
import { reportCharts } from '../src/charts/comparison-charts.ts';
import { adapterReadme } from '../src/lab/results/adapter-readme.ts';
import { comparedResults } from '../src/lab/compare/compared-results.ts';
import { compare } from '../src/lab/compare/comparison.ts';
import type { Checkpoint, StudyEvent } from '../src/lab/events.ts';
import { resolveExperiment } from '../src/lab/experiment/experiment.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { KeptAnswers } from '../src/lab/results/kept-answers.ts';
import { resultsCsv } from '../src/lab/results/results-csv.ts';
import { collectResults } from '../src/lab/results/results.ts';
import type { Results } from '../src/lab/results/results.ts';
import { chartsReport } from '../src/lab/results/study-charts-report.ts';
import { studyReport } from '../src/lab/results/study-report.ts';
import { writeCharts } from './chart-files.ts';
import { toJson } from './terminal.ts';
import { writeInFolder } from './write-file.ts';

/** What lies in the folder while the study is not done. */
interface Saved {
  readonly checkpoint: Checkpoint;
  /** What results are made from, as far as it was reported before the checkpoint. */
  readonly events: readonly StudyEvent[];
  /** Likewise, of the answers; folders of earlier versions have none. */
  readonly answers?: KeptAnswers['events'];
}

const CONFIG = 'config.json';
const RESUME = 'resume.bin';
export const RESULTS = 'results.json';

export class StudyFolder {
  readonly #events: StudyEvent[];
  readonly #answers: KeptAnswers;

  private constructor(
    readonly path: string,
    readonly experiment: Experiment,
    readonly checkpoint: Checkpoint | undefined,
    { events, answers }: Pick<Saved, 'events' | 'answers'>,
  ) {
    this.#events = [...events];
    this.#answers = new KeptAnswers(answers);
  }

  /** A fresh folder with config.json. @throws InputError if it cannot be written */
  static async create(path: string, experiment: Experiment): Promise<StudyFolder> {
    await writeConfig(path, experiment);
    return new StudyFolder(path, experiment, undefined, { events: [] });
  }

  /** The folder of an interrupted study. @throws InputError where it is damaged */
  static async open(path: string, experiment: Experiment): Promise<StudyFolder> {
    try {
      const { checkpoint, ...reported } = deserialize(await readFile(join(path, RESUME))) as Saved;
      return new StudyFolder(path, experiment, checkpoint, reported);
    } catch {
      throw new InputError(
        `${join(path, RESUME)} is damaged`,
        'start the study again with --config and another --out',
        'resume',
      );
    }
  }

  /** Keeps an event; checkpoints and adapters are written at once. */
  async add(event: StudyEvent): Promise<void> {
    switch (event.type) {
      case 'phase':
        return; // not part of the results
      case 'target':
      case 'snapshot':
        return this.#answers.add(event);
      case 'checkpoint': {
        const { checkpoint } = event;
        const saved: Saved = { checkpoint, events: this.#events, answers: this.#answers.events };
        return this.#write(RESUME, serialize(saved));
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
    const results = collectResults(this.experiment, this.#events);
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
    const answers = this.#answers.toFile(Object.keys(results.arms));
    await this.#write('answers.json', `${toJson(answers)}\n`);
    const run = comparedResults(results, answers, { id: 'study', name: 'study' });
    const comparison = compare(run.arms.map((arm) => ({ run, arm })));
    const charts = await writeCharts(reportCharts(comparison), (name, text) =>
      this.#write(name, text),
    );
    await this.#write('report.md', studyReport(results) + chartsReport(charts));
  }

  #write(name: string, content: string | Uint8Array): Promise<void> {
    return writeInFolder(this.path, name, content);
  }
}

/** Whether a study was begun and left there. */
export const isInterrupted = (path: string): boolean => existsSync(join(path, RESUME));

/** Whether all results of a study lie there. */
export const isFinished = (path: string): boolean =>
  existsSync(join(path, RESULTS)) && !isInterrupted(path);

/** @throws InputError if the folder cannot be written */
export async function writeConfig(path: string, experiment: Experiment): Promise<void> {
  try {
    await writeInFolder(path, CONFIG, `${JSON.stringify(experiment, null, 2)}\n`);
  } catch (error) {
    throw new InputError(
      `${path} cannot be written (${(error as Error).message})`,
      'give another --out',
      'out',
    );
  }
}

/** The experiment of a folder. @throws InputError where there is none, or it is damaged */
export async function readConfig(path: string): Promise<Experiment> {
  const file = join(path, CONFIG);
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new InputError(
      `${file} cannot be read (${error.message})`,
      'give the folder of a study that was interrupted',
      'resume',
    );
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${file} is not JSON (${(error as Error).message})`,
      'start the study again with --config',
      'resume',
    );
  }
  return resolveExperiment(json);
}
