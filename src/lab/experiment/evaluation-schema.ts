// The schema of what an experiment measures: splits, samples, further evaluations, a user's own data.
import * as v from 'valibot';
import { POOLINGS } from '../../model/pooling.ts';
import {
  distinctBy,
  integer,
  listOf,
  nonEmptyText,
  number,
  oneOf,
  oneOfOr,
  settings,
  settingsCase,
} from './schema.ts';

/** The prompts a model is measured on: seen in training, unseen parameters, families held out. */
export const SPLITS = ['train', 'test_unseen_params', 'test_ood_family'] as const;
export type Split = (typeof SPLITS)[number];

const promptSchema = settings({ id: nonEmptyText(), prompt: nonEmptyText() });
const questionSchema = v.variant(
  'kind',
  [
    settingsCase({
      kind: v.literal('multiple_choice'),
      id: nonEmptyText(),
      question: nonEmptyText(),
      options: listOf(nonEmptyText(), 2),
      answer: integer(0, 25),
    }),
    settingsCase({
      kind: v.literal('cloze'),
      id: nonEmptyText(),
      endings: listOf(
        settings({ context: v.string('some text'), continuation: nonEmptyText() }),
        2,
      ),
      answer: integer(0, 25),
    }),
  ],
  "a question whose kind is 'multiple_choice' or 'cloze'",
);

/** What a user brings, parsed by `src/evaluation`; each part takes the place of the lab's own. */
const evaluationDataSchema = settings({
  open: v.optional(distinctBy('id', promptSchema)),
  novelty: v.optional(distinctBy('id', promptSchema)),
  questions: v.optional(
    distinctBy(
      'name',
      settings({ name: nonEmptyText(), questions: distinctBy('id', questionSchema) }),
    ),
  ),
  texts: v.optional(distinctBy('id', settings({ id: nonEmptyText(), text: nonEmptyText() }))),
});

/** Embeddings of a model the user brings: answers are the same from a cosine similarity on. */
const embeddingSchema = settings({
  /** Named as `model` is; without one, the untouched model itself embeds. */
  model: v.optional(nonEmptyText()),
  /** As the model's folder says unless given, else the mean. */
  pooling: v.optional(oneOf(POOLINGS)),
  threshold: v.optional(number(-1, 1), 0.8),
});

const flag = () => v.optional(v.boolean('true or false'), false);
export const evaluationSchema = settings({
  splits: v.optional(listOf(oneOf(SPLITS), 1), [...SPLITS]),
  prompts_per_family: v.optional(integer(1, 10_000), 1),
  /** Independent answers sampled per prompt; 0 scores exactly only. */
  samples: v.optional(integer(0, 1_000_000), 0),
  open: flag(),
  mcq: flag(),
  novelty: flag(),
  /** When two of its answers are the same. */
  partitioner: v.optional(
    oneOfOr(['unigrams', 'equality'], embeddingSchema, 'the settings of embeddings'),
    'unigrams',
  ),
  retention: flag(),
  perplexity: flag(),
  /** `quick` asks enough to see a difference, `full` as much as the published protocols. */
  size: v.optional(oneOf(['quick', 'full']), 'quick'),
  data: v.optional(evaluationDataSchema, {}),
});
