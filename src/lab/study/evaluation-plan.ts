// What the further evaluations of a study ask: whose prompts, how many, in which words.
import { CHOICE_QUESTIONS } from '../../evaluation/data/choice-questions.ts';
import { CLOZE_QUESTIONS } from '../../evaluation/data/cloze-questions.ts';
import { NOVELTY_PROMPTS } from '../../evaluation/data/novelty-prompts.ts';
import { OPEN_PROMPTS } from '../../evaluation/data/open-prompts.ts';
import { PASSAGE_DOCUMENTS } from '../../evaluation/data/passages.ts';
import { QUESTION_TOPICS } from '../../evaluation/data/question-topics.ts';
import { UNRELATED_PROMPTS } from '../../evaluation/data/unrelated-prompts.ts';
import type { Operation } from '../../evaluation/arithmetic.ts';
import { BUILTIN_MODEL, type Experiment } from '../experiment/experiment.ts';

/**
 * The sizes of evaluations: prompts of the lab's own sets, and answers to each. `full` has those of
 * the published protocols. A user's own prompts are all asked, whatever the size.
 */
const SIZES = {
  quick: {
    open: { prompts: 32, samples: 50 },
    mcq: { topics: 8, samples: 25 },
    novelty: { prompts: 24, generations: 10, maxTokens: 64 },
    arithmetic: { problems: 100 },
  },
  full: {
    open: { prompts: Infinity, samples: 100 },
    mcq: { topics: Infinity, samples: 20 },
    novelty: { prompts: Infinity, generations: 10, maxTokens: 512 },
    arithmetic: { problems: 300 },
  },
} as const;

const TAUGHT: readonly Operation[] = ['+'];
const ALL: readonly Operation[] = ['+', '-', '*'];

/** Everything the evaluations need beside a model. */
export function evaluationPlan({ model, evaluation }: Experiment) {
  const { size, data } = evaluation;
  const { open, mcq, novelty, arithmetic } = SIZES[size];
  // The built-in model was taught these questions in few words, and plain sums only.
  const builtin = model === BUILTIN_MODEL;
  return {
    open: { prompts: data.open ?? OPEN_PROMPTS.slice(0, open.prompts), samples: open.samples },
    mcq: {
      topics: QUESTION_TOPICS.slice(0, mcq.topics),
      samples: mcq.samples,
      wording: builtin ? 'short' : 'full',
    },
    novelty: {
      prompts: data.novelty ?? spread(NOVELTY_PROMPTS, novelty.prompts),
      generations: novelty.generations,
      maxTokens: novelty.maxTokens,
    },
    retention: {
      arithmetic: {
        problems: arithmetic.problems,
        operations: builtin ? TAUGHT : ALL,
        instructed: !builtin,
      },
      questionSets: data.questions ?? [
        { name: 'multiple choice', questions: CHOICE_QUESTIONS },
        { name: 'cloze', questions: CLOZE_QUESTIONS },
      ],
      unrelatedPrompts: UNRELATED_PROMPTS,
    },
    perplexity: { texts: data.texts ?? PASSAGE_DOCUMENTS },
  } as const;
}

/** At most `count` of the items, from all over the list: neighbours are of one kind. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
