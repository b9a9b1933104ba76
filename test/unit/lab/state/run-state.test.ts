// One fold: the page after a reload, results.json, the comparison and the report of one run say the
// same, of runs that are stored today and of those that an earlier version stored.
/* eslint-disable @typescript-eslint/no-explicit-any -- what files and databases hold is looked at freely */
import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StudyFolder } from '../../../../cli/study-folder.ts';
import { comparisonJson } from '../../../../src/lab/compare/comparison-json.ts';
import { compare } from '../../../../src/lab/compare/comparison.ts';
import { comparedResults } from '../../../../src/lab/compare/compared-results.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import { readResults } from '../../../../src/lab/compare/results-schema.ts';
import type { Environment, StudyEvent } from '../../../../src/lab/events.ts';
import { answersFile } from '../../../../src/lab/results/kept-answers.ts';
import { resultsCsv } from '../../../../src/lab/results/results-csv.ts';
import { type Results, resultsOf } from '../../../../src/lab/results/results.ts';
import { studyReport } from '../../../../src/lab/results/study-report.ts';
import { openIdbRunStore } from '../../../../src/lab/runs/idb-run-store.ts';
import { MemoryRunStore } from '../../../../src/lab/runs/memory-run-store.ts';
import { readableEvents } from '../../../../src/lab/runs/readable-events.ts';
import { RunRecorder } from '../../../../src/lab/runs/run-recorder.ts';
import { RunFold, rowsOf, type RunState, runState } from '../../../../src/lab/state/run-state.ts';
import {
  copyFolder,
  RECORDED,
  type Recorded,
  recordedEvents,
  recordedExperiment,
  recordedJson,
  recordedText,
  restoreDatabase,
} from '../../../golden/runs/runs.ts';

let databases = 0;
/** A run as the page finds it after a reload. */
async function reloaded(name: Recorded) {
  const database = `recorded-${databases++}`;
  await restoreDatabase(name, database);
  const store = await openIdbRunStore(database);
  const [run] = await store.list();
  const { events } = readableEvents(await store.events(name));
  return { store, run: run!, events, state: runState(run!.experiment, events) };
}
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A figure that the recorded runs were made without: it is nowhere in them, so it is null. */
const LATER = 'rank_correlation';
/** JSON as it was before that figure. */
const asThen = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, held) => {
      if (key !== LATER) return held;
      for (const figure of Array.isArray(held) ? held.map(({ mean }) => mean) : [held])
        expect(figure).toBeNull();
      return undefined;
    }),
  );

/** The figures of a report: words may change, numbers may not. */
const tablesOf = (report: string) =>
  report.split('\n').filter((line) => line.startsWith('|') && /\d/.test(line));
/**
 * A comparison as JSON, as far as it is about figures: which is best is left out, since of one prompt
 * under one seed that is no longer said.
 */
const figuresIn = ({ exact, evaluations, columns }: any) => ({
  exact: withoutStanding(exact),
  ...{ evaluations, losses: columns.map(({ runs }: any) => runs[0].loss) },
});
const withoutStanding = (json: unknown) =>
  JSON.parse(JSON.stringify(json, (key, value) => (key === 'standing' ? undefined : value)));
const figuresOf = (run: Parameters<typeof compare>[0][number]['run']) =>
  figuresIn(JSON.parse(comparisonJson(compare(run.arms.map((arm) => ({ run, arm }))))));

describe.each(RECORDED)('the recorded run %s', (name) => {
  test('comes to the results, the CSV, the report and the comparison that it came to then', async () => {
    const { run, events, state } = await reloaded(name);
    const results = resultsOf(state);
    expect(asThen(results)).toEqual(recordedJson(name, 'results.json'));
    const csvThen = resultsCsv(results)
      .replaceAll(/,(?=\r\n)/g, '')
      .replace(`,${LATER}`, '');
    expect(csvThen).toBe(recordedText(name, 'results.csv'));
    const reportThen = studyReport(results)
      .replaceAll(' rank correlation |', '')
      .replaceAll(/ – \|( \d+ \| \d+ \|)$/gm, '$1');
    expect(tablesOf(reportThen)).toEqual(tablesOf(recordedText(name, 'report.md')));
    const compared = readRun(run, events);
    expect(asThen(figuresOf(compared))).toEqual(figuresIn(recordedJson(name, 'comparison.json')));
  });

  test('says the same on the page, in results.json, in the comparison and in the report', async () => {
    const { run, events, state } = await reloaded(name);
    const file = plain(resultsOf(state)) as Results;
    // The page.
    expect(plain(rowsOf(state).map(({ arm: _, ...row }) => row))).toEqual(
      Object.values(file.arms).flatMap(({ exact }) => exact),
    );
    for (const { name: arm, last, losses } of state.arms) {
      const { training } = file.arms[arm]!;
      expect(losses.map(({ step, loss }) => [step, loss])).toEqual(training?.loss ?? []);
      expect(last?.answerTokens).toBe(training?.answer_tokens);
      expect(last?.seconds).toBe(training?.seconds);
    }
    // The comparison of a stored run, and of the file.
    const read = readResults(file, 'results.json');
    const answers = answersFile(state);
    const ofFile = comparedResults(read, answers, { id: 'a', name: 'a' });
    expect(figuresOf(readRun(run, events))).toEqual(figuresOf(ofFile));
    // The report prints the summaries of the file.
    const report = studyReport(resultsOf(state));
    for (const { summary } of Object.values(file.arms)) {
      for (const { kl } of Object.values(summary)) expect(report).toContain(kl!.toPrecision(4));
    }
    // What the recorder shows in the history.
    const recorder = new RunRecorder(new MemoryRunStore(), run);
    for (const event of events) recorder.add(event);
    const { headline } = await recorder.finish('done');
    expect(plain(headline)).toEqual(plain(run.headline));
  });

  test('comes to the same event by event as all at once, in the page and in a folder', async () => {
    const experiment = recordedExperiment(name);
    const events = recordedEvents(name);
    const fold = new RunFold(experiment);
    const states = events.map((event) => fold.add(event).state);
    expect(fold.state).toEqual(runState(experiment, events));
    // What was seen on the way stays what it was.
    const half = Math.floor(events.length / 2);
    expect(states[half]).toEqual(runState(experiment, events.slice(0, half + 1)));
    const { state } = await reloaded(name);
    // The store keeps no phases, and less of the stages; the experiment may have new defaults.
    const kept = ({ arms, targets, segments, seconds }: RunState) =>
      plain({ arms, targets, segments, seconds });
    if (name !== 'interrupted') expect(asThen(kept(fold.state))).toEqual(asThen(kept(state)));
  });
});

test('the folder of an interrupted run goes on from where it was left', async () => {
  const experiment = recordedExperiment('interrupted');
  const folder = await StudyFolder.open(copyFolder('interrupted'), experiment);
  expect(folder.checkpoint).toMatchObject({ arm: 'soft', step: 10 });
  const { arms, environment } = await folder.finish();
  const then = recordedJson('interrupted', 'results.json') as Results;
  expect(asThen({ arms, environment })).toEqual({ arms: then.arms, environment: then.environment });
  const answers = JSON.parse(await readFile(join(folder.path, 'answers.json'), 'utf8'));
  expect(Object.keys(answers.arms)).toEqual(['base', 'soft', 'hard']);
  expect(answers.targets.length).toBeGreaterThan(0);
});

test('K6: a run that was gone on with on another backend says so in every report', () => {
  const experiment = recordedExperiment('interrupted');
  const [webgpu, wasm] = (['webgpu', 'wasm'] as const).map((backend): Environment => {
    return { backend, adapter: `a ${backend}`, model: 'm', selfTest: 'passed', versions: {} };
  });
  const row = (arm: string): StudyEvent => {
    const scores = { kl: 1, tv: 1, js: 1, valid_mass: 1, wasserstein_1: 1, reference_logit_kl: 1 };
    return { type: 'row', row: { arm, split: 'train', family: 'f', id: 'i', ...scores } };
  };
  const state = runState(experiment, [
    { type: 'environment', environment: webgpu! },
    row('base'),
    { type: 'environment', environment: webgpu!, from: { arm: 'soft', step: 5 } },
    { type: 'environment', environment: wasm!, from: { arm: 'soft', step: 10 } },
    row('soft'),
  ]);
  const words = 'webgpu (a webgpu), from step 10 of soft on wasm (a wasm)';
  const results = resultsOf(state);
  expect(results.environment).toEqual(webgpu);
  expect(results.segments).toEqual([
    { environment: webgpu, from: null },
    { environment: wasm, from: { arm: 'soft', step: 10 } },
  ]);
  expect(studyReport(results)).toContain(`Computed on ${words}.`);
  expect(resultsCsv(results).split('\r\n').slice(0, 3)).toEqual([
    expect.stringMatching(/,computed_on$/),
    expect.stringMatching(/^base,.*,webgpu$/),
    expect.stringMatching(/^soft,.*,wasm$/),
  ]);
  const file = readResults(plain(results), 'results.json');
  expect(comparedResults(file, null, { id: 'a', name: 'a' }).machine).toBe(words);
});

test.each([undefined, null, 'ten', 0])(
  'a stored step of %s steps leaves its progress at nothing, and its loss is there',
  (steps) => {
    const experiment = recordedExperiment('interrupted');
    const step = { type: 'step', arm: 'soft', step: 3, steps, loss: 0.5 };
    const { events, unreadable } = readableEvents([step]);
    expect(unreadable).toBe(0);
    const { stages, arms } = runState(experiment, events);
    expect(stages.find(({ kind, arm }) => kind === 'train' && arm === 'soft')!.done).toBe(0);
    const soft = arms.find(({ name }) => name === 'soft')!;
    expect(soft.losses).toMatchObject([{ step: 3, loss: 0.5 }]);
    expect(soft.last!.steps ?? 0).toBe(0);
  },
);
