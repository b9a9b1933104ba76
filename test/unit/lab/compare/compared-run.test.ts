import fc from '../../../support/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { compare } from '../../../../src/lab/compare/comparison.ts';
import { comparisonReport } from '../../../../src/lab/compare/comparison-report.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import type { Experiment } from '../../../../src/lab/experiment/experiment.ts';
import type { StoredRun } from '../../../../src/lab/runs/run-store.ts';
import { row, stored } from './stored.ts';

test('a finished run needs no note', () => {
  const events: StudyEvent[] = [
    { type: 'done', seconds: 4 },
    ...['base', 'soft', 'hard'].map((arm) => row(arm, 'gaussian_a', 1)),
  ];
  const run = readRun(stored('x', { seed: 7 }), events);
  expect(run).toMatchObject({ notes: [], seed: 7, seconds: 4, status: 'done' });
  expect(run.arms.map(({ name, method }) => [name, method])).toEqual([
    ['base', 'none'],
    ['soft', 'soft'],
    ['hard', 'hard'],
  ]);
});

test('an unfinished one says how it ended and what is missing', () => {
  const notes = (status: StoredRun['status'], isLive = false) =>
    readRun(
      stored('x', { arms: [{ method: 'none' }, { method: 'soft' }] }, { status }),
      [row('base', 'gaussian_a', 1)],
      isLive,
    ).notes;
  const unscored = 'Its arm soft has no exact scores.';
  expect(notes('done')).toEqual([unscored]);
  expect(notes('cancelled')).toEqual([
    'It was cancelled: what it had measured until then is compared.',
    unscored,
  ]);
  expect(notes('running')[0]).toContain('was interrupted');
  expect(notes('running', true)[0]).toContain('still running');
});

describe('runs of other versions', () => {
  test('keep their settings, their arms and what can be read of their records', () => {
    const experiment = {
      seed: 5,
      data: { tails: 'fold' },
      arms: [{ name: 'mixed', method: 'mixture', share: 0.5 }, { no: 'name' }],
    } as unknown as Experiment;
    const run = readRun(stored('x', {}, { experiment }), [
      row('mixed', 'gaussian_a', 1, { wasserstein_1: undefined as unknown as number }),
      { type: 'row', row: { arm: 'mixed' } } as unknown as StudyEvent,
      { type: 'telemetry', unknown: true } as unknown as StudyEvent,
      row('late', 'gaussian_a', NaN),
    ]);
    expect(run.arms.map(({ name, method }) => [name, method])).toEqual([
      ['mixed', 'mixture'],
      ['late', 'unknown'],
    ]);
    expect(run.arms[0]!.results.summary.train).toMatchObject({ kl: 1, wasserstein_1: null });
    expect(run.arms[1]!.results.summary.train?.kl).toBeNull();
    expect(run.seed).toBe(5);
    expect(run.notes[0]).toMatch(/made by another version .*\(data.tails is not a setting\)/);
    expect(run.notes[1]).toMatch(/^1 of its records was/);
  });

  test('never break the comparison, whatever was stored', () => {
    const anything = fc.anything({ withMap: true, withTypedArray: true });
    const event = fc.oneof(
      anything,
      fc.record(
        {
          type: fc.constantFrom('row', 'step', 'target', 'snapshot', 'report', 'environment'),
          arm: fc.oneof(fc.constantFrom('soft', '__proto__', 'toString'), anything),
          id: fc.oneof(fc.constant('a'), anything),
          split: fc.oneof(fc.constant('train'), anything),
          values: fc.oneof(fc.array(fc.string()), anything),
          probabilities: fc.oneof(fc.array(fc.double()), anything),
          name: fc.oneof(fc.constantFrom('open', 'mcq', '__proto__'), anything),
          report: anything,
          row: fc.record({
            arm: fc.constantFrom('soft', 'hard'),
            split: fc.constant('train'),
            family: fc.string(),
            id: fc.constantFrom('a', 'b'),
            kl: fc.oneof(fc.double(), anything),
          }),
          environment: anything,
          loss: anything,
          step: fc.oneof(fc.double(), anything),
        },
        { requiredKeys: ['type'] },
      ),
    );
    const run = fc.record({
      id: fc.uuid(),
      name: anything,
      createdAt: fc.oneof(fc.double(), anything),
      status: anything,
      experiment: fc.oneof(
        anything,
        fc.record({ arms: fc.array(fc.record({ name: anything, method: anything })) }),
      ),
    });
    fc.assert(
      fc.property(run, fc.array(event), (strange, events) => {
        const read = readRun(strange as unknown as StoredRun, events as StudyEvent[]);
        const comparison = compare(read.arms.map((arm) => ({ run: read, arm })));
        expect(comparisonReport(comparison)).toContain('# Comparison');
      }),
      { numRuns: 500 },
    );
  });
});
