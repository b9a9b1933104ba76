// What a scripted arm reports of further evaluations: the better calibrated, the more even.
import type { ReportEvent } from '../../../src/lab/events.ts';
import type { Experiment } from '../../../src/lab/experiment/experiment.ts';

const figure = (name: string, value: number | null, group: string | null = null) => ({
  ...{ name, group, value, count: 100, note: value === null ? 'there was nothing to count' : null },
  low: value === null ? null : value * 0.9,
  high: value === null ? null : Math.min(1, value * 1.1),
});

/** Shares that go from one favourite to all alike. */
function shares(count: number, evenness: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const favourite = i === count - 2 ? 1 : 0;
    return evenness / count + (1 - evenness) * favourite;
  });
}

const FRUITS = ['apple', 'banana', 'cherry', 'mango', 'kiwi'];

/** The reports that an experiment asks for. @param evenness 0 before training, towards 1 after it */
export function reportsOf(
  arm: string,
  evenness: number,
  { open, mcq, retention }: Experiment['evaluation'],
): ReportEvent[] {
  const report = (name: ReportEvent['name'], content: object): ReportEvent => {
    return { type: 'report', arm, name, report: { evaluation: name, settings: {}, ...content } };
  };
  const top_answers = shares(FRUITS.length, evenness)
    .map((share, i) => ({ answer: FRUITS[i], count: Math.round(share * 100) }))
    .filter(({ count }) => count > 0);
  return [
    ...(open
      ? [
          report('open', {
            figures: [figure('unique_fraction', 0.05 + evenness / 2)],
            rows: [{ id: 'fruit', prompt: 'Name a random fruit.', samples: 100, top_answers }],
          }),
        ]
      : []),
    ...(mcq
      ? [
          report('mcq', {
            figures: [
              figure('parse_rate', 0.8),
              ...shares(4, evenness).map((share, i) => figure('answer_share', share, 'ABCD'[i])),
              figure('chi_square', null),
            ],
            rows: [],
          }),
        ]
      : []),
    ...(retention
      ? [report('retention', { figures: [figure('accuracy', 0.9 - evenness / 5)], rows: [] })]
      : []),
  ];
}
