// A run with everything it left, as files: what is downloaded as one zip, and opens in any browser.
import { reportCharts } from '../../charts/comparison-charts.ts';
import { figureFiles, type Studio } from '../../charts/figure-files.ts';
import { runRecord, RECORD } from '../../lab/archive/run-record.ts';
import { comparedResults } from '../../lab/compare/compared-results.ts';
import { compare } from '../../lab/compare/comparison.ts';
import type { StudyEvent } from '../../lab/events.ts';
import { adapterReadme } from '../../lab/results/adapter-readme.ts';
import { answersFile } from '../../lab/results/kept-answers.ts';
import { resultsCsv } from '../../lab/results/results-csv.ts';
import { resultsOf } from '../../lab/results/results.ts';
import { chartsReport } from '../../lab/results/study-charts-report.ts';
import { studyReport } from '../../lab/results/study-report.ts';
import { incompleteNotes } from '../../lab/runs/incomplete.ts';
import { readableEvents } from '../../lab/runs/readable-events.ts';
import type { AdapterFiles, DamagedRecord, StoredRun } from '../../lab/runs/run-store.ts';
import { runState } from '../../lab/state/run-state.ts';
import type { ZippedFiles } from './zip.ts';

export interface ArchivedRun {
  readonly run: StoredRun;
  /** As they are stored. */
  readonly events: readonly StudyEvent[];
  readonly adapters: Readonly<Record<string, AdapterFiles>>;
  readonly damaged: readonly DamagedRecord[];
}

/** The files that `lab study` would have written, and the run's own record. */
export function runArchive(archived: ArchivedRun, studio: Studio): ZippedFiles {
  const { run, adapters, damaged } = archived;
  const { events, unreadable } = readableEvents(archived.events);
  const results = resultsOf(
    runState(run.experiment, events),
    incompleteNotes(run, damaged, unreadable),
  );
  const answers = answersFile(runState(run.experiment, events, { answers: 'last' }));
  const compared = comparedResults(results, answers, { id: 'study', name: 'study' });
  const comparison = compare(compared.arms.map((arm) => ({ run: compared, arm })));

  const files = new Map<string, string | Uint8Array<ArrayBuffer>>();
  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  files.set('config.json', text(run.experiment));
  files.set('results.json', text(results));
  files.set('results.csv', resultsCsv(results));
  files.set('answers.json', `${JSON.stringify(answers)}\n`);
  const figures = figureFiles(reportCharts(comparison), studio);
  let next = figures.next();
  for (; !next.done; next = figures.next()) files.set(...next.value);
  files.set('report.md', studyReport(results) + chartsReport(next.value));
  for (const [arm, own] of Object.entries(adapters)) {
    for (const [name, bytes] of Object.entries(own)) files.set(`adapters/${arm}/${name}`, bytes);
    const readme = adapterReadme(results, arm);
    if (readme !== undefined) files.set(`adapters/${arm}/README.md`, readme);
  }
  files.set(RECORD, runRecord(run, archived.events));
  return files;
}
