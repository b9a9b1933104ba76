// The folders of finished studies, found and read for a comparison.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import { comparedResults } from '../src/lab/compare/compared-results.ts';
import type { ComparedRun } from '../src/lab/compare/compared-run.ts';
import { readAnswers, readResults } from '../src/lab/compare/results-schema.ts';

/**
 * One run for each study: a folder with results.json, or one whose folders have it, such as one for
 * each seed. Runs of one such folder go by its name.
 * @throws InputError where there is none, or a file is not what it must be
 */
export async function readStudies(folders: readonly string[]): Promise<ComparedRun[]> {
  const studies = (await Promise.all(folders.map(studiesIn))).flat();
  const byPlace = new Map(studies.map((study) => [resolve(study.path), study]));
  return Promise.all([...byPlace.values()].map(readStudy));
}

interface Study {
  /** As it was given. */
  readonly path: string;
  readonly name: string;
}

async function studiesIn(folder: string): Promise<Study[]> {
  const place = resolve(folder);
  if (await hasResults(folder)) {
    const isSeed = /^seed[-_ ]?\d+$/.test(basename(place));
    return [{ path: folder, name: basename(isSeed ? dirname(place) : place) }];
  }
  const entries = await readdir(folder).catch((error: Error) => {
    throw new InputError(
      `${folder} cannot be read (${error.message})`,
      'give the folder of a finished study',
      'DIR',
    );
  });
  const order = new Intl.Collator('en', { numeric: true });
  const inside = entries.sort(order.compare).map((entry) => join(folder, entry));
  const found = await Promise.all(inside.map(hasResults));
  const studies = inside.filter((_, i) => found[i]);
  if (studies.length > 0) return studies.map((path) => ({ path, name: basename(place) }));
  throw new InputError(
    `${folder} has no results.json, and neither have its folders`,
    'give the folder of a finished study, or one that has such folders',
    'DIR',
  );
}

const hasResults = (path: string) =>
  stat(join(path, 'results.json')).then(
    (found) => found.isFile(),
    () => false,
  );

async function readStudy({ path, name }: Study): Promise<ComparedRun> {
  const [results, answers] = [join(path, 'results.json'), join(path, 'answers.json')];
  const hasAnswers = await stat(answers).then(
    () => true,
    () => false,
  );
  return comparedResults(
    readResults(await readJson(results), results),
    hasAnswers ? readAnswers(await readJson(answers), answers) : null,
    { id: path, name },
  );
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new InputError(`${path} cannot be read (${error.message})`, 'give another folder', 'DIR');
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${path} is not JSON (${(error as Error).message})`,
      'run the study again',
      'DIR',
    );
  }
}
