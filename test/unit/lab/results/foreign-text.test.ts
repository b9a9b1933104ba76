// Names that came from links, files and models, on their way into what people open elsewhere.
import { describe, expect, test } from 'vitest';
import { compare } from '../../../../src/lab/compare/comparison.ts';
import { comparisonCsv, promptsCsv } from '../../../../src/lab/compare/comparison-csv.ts';
import { comparisonReport } from '../../../../src/lab/compare/comparison-report.ts';
import { type Experiment, resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { adapterReadme } from '../../../../src/lab/results/adapter-readme.ts';
import { resultsOf } from '../../../../src/lab/results/results.ts';
import { resultsCsv } from '../../../../src/lab/results/results-csv.ts';
import { studyReport } from '../../../../src/lab/results/study-report.ts';
import { runState } from '../../../../src/lab/state/run-state.ts';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { scored } from '../compare/stored.ts';

const HTML = '<img src=x onerror=alert(1)>';
const BARS = 'a | b [c](javascript:alert(1))';
const FORMULA = '=HYPERLINK("http://x","y")';

const row = (arm: string): StudyEvent => ({
  type: 'row',
  row: {
    ...{ arm, family: 'choices', id: FORMULA, kl: 1, tv: 0.5, js: 0.2, valid_mass: 1 },
    split: 'train',
    wasserstein_1: null,
    reference_logit_kl: null,
  },
});

describe('W2', () => {
  // Links may not name arms so; files and stored runs of other versions are not asked.
  const config = {
    ...resolveExperiment({ model: `local:${HTML}` }),
    arms: [
      { name: HTML, method: 'none' },
      { name: BARS, method: 'soft', paths: 1 },
    ],
  } as Experiment;
  const step: StudyEvent = {
    type: 'step',
    ...{ arm: BARS, step: 1, steps: 1, loss: 2, learningRate: 1, answerTokens: 1 },
    ...{ promptTokens: 1, seconds: 1 },
  };
  const events: StudyEvent[] = [step, row(HTML), row(BARS)];
  const results = resultsOf(runState(config, events));

  test('no HTML and no markup of theirs is in report.md', () => {
    const report = studyReport(results);
    expect(report).not.toContain('<img');
    expect(report).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(report).toContain('a \\| b \\[c\\](javascript:alert(1))');
  });

  test("nor in the adapter's README", () => {
    const readme = adapterReadme(results, BARS)!;
    const prose = readme.replace(/```[^]*?```/g, '').replace(/`[^`\n]*`/g, '');
    expect(prose).not.toContain('<img');
    expect(prose).toContain('# a \\| b \\[c\\](javascript:alert(1))');
  });

  test("no cell of a study's table is a formula", () => {
    expect(resultsCsv(results)).not.toMatch(/(^|[,\r\n])"?[=+@]/);
    expect(resultsCsv(results)).toContain(`"'=HYPERLINK(""http://x"",""y"")"`);
  });

  test('nor of a comparison, nor is its report markup of theirs', () => {
    const parts = [scored('x', FORMULA, { a_1: 1, a_2: 2 }), scored('y', HTML, { a_1: 2, a_2: 3 })];
    const comparison = compare(parts);
    for (const csv of [comparisonCsv(comparison), promptsCsv(comparison)]) {
      expect(csv).not.toMatch(/(^|[,\r\n])"?[=+@]/);
    }
    const report = comparisonReport(comparison, { title: HTML });
    expect(report.replace(/<\/?(details|summary)>/g, '')).not.toMatch(/<[a-z]/i);
  });
});
