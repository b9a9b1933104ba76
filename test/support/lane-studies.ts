// Small studies that lanes share, and what must not depend on them.
import { expect } from 'vitest';
import type { StudyEvent } from '../../src/lab/events.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import { bytesOf, plainWeights } from '../../src/model/decoder/plain-weights.ts';
import * as tf from '../../src/tensor/tf.ts';
import { TINY, tinyExperiment, tinyStudy } from './study-runs.ts';
import type { WarmThreads } from './warm-threads.ts';

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

/** The events of a study, which goes on when its threads have joined; it leaves no tensor behind. */
export async function studied(
  model: LanguageModel,
  name: keyof typeof LANE_STUDIES,
  threads?: WarmThreads,
): Promise<StudyEvent[]> {
  const before = tf.memory().numTensors;
  const all = [...plainWeights(model.decoder.weights)];
  const bytes = all.reduce((sum, weight) => sum + bytesOf(weight), 0);
  const events: StudyEvent[] = [];
  for await (const event of tinyStudy(model, LANE_STUDIES[name], { threads })) {
    events.push(event);
    if (event.type === 'environment') await threads?.joined(bytes);
  }
  expect(tf.memory().numTensors).toBe(before);
  return events;
}

/** All that results.json is made of, less times; when checkpoints are left is a matter of time. */
export const figures = (events: readonly StudyEvent[]) =>
  events.flatMap((event): unknown[] => {
    if (['phase', 'environment', 'checkpoint', 'done'].includes(event.type)) return [];
    return [event.type === 'step' ? { ...event, seconds: 0, secondsLeft: 0 } : event];
  });
