// Small studies that lanes share, and what must not depend on them.
import { expect } from 'vitest';
import type { StudyEvent } from '../../src/lab/events.ts';
import type { LaneThreads } from '../../src/lab/study/lanes/lane-messages.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import * as tf from '../../src/tensor/tf.ts';
import { eventsOf, TINY, tinyExperiment, tinyStudy } from './study-runs.ts';

const prompts = (...texts: string[]) => texts.map((prompt) => ({ id: prompt, prompt }));

export const LANE_STUDIES = {
  /** Every way to learn; dropout, an anchor, passes of several prompts, a search. */
  arms: tinyExperiment({
    arms: [
      { method: 'none' },
      { method: 'soft', paths: 4 },
      { method: 'hard', answers: 4, anchor: { prompts: ['a b', 'c d e', 'f'], batch: 2 } },
      { method: 'exact', objective: 'js', paths: 'trie' },
      { method: 'temperature' },
    ],
  }),
  evaluations: tinyExperiment({
    arms: [{ method: 'soft', paths: 2 }],
    training: { ...TINY.training, steps: 2 },
    evaluation: {
      splits: ['train'],
      samples: 5,
      open: true,
      novelty: true,
      partitioner: { threshold: 0.8 },
      retention: true,
      drift: true,
      perplexity: true,
      data: {
        open: prompts('a fruit', 'a bird', 'a tree'),
        novelty: prompts('a word', 'a name'),
        texts: [{ id: 't', text: 'One two three. '.repeat(40) }],
      },
    },
  }),
};

/** The events of a study; it leaves no tensor behind. */
export async function studied(
  model: LanguageModel,
  name: keyof typeof LANE_STUDIES,
  threads?: LaneThreads,
): Promise<StudyEvent[]> {
  const before = tf.memory().numTensors;
  const events = await eventsOf(tinyStudy(model, LANE_STUDIES[name], { threads }));
  expect(tf.memory().numTensors).toBe(before);
  return events;
}

/** All that results.json is made of, less times; when checkpoints are left is a matter of time. */
export const figures = (events: readonly StudyEvent[]) =>
  events.flatMap((event): unknown[] => {
    if (['phase', 'environment', 'checkpoint', 'done'].includes(event.type)) return [];
    return [event.type === 'step' ? { ...event, seconds: 0, secondsLeft: 0 } : event];
  });
