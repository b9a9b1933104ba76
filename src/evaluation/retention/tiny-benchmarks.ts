// A user's questions, as JSON Lines in the shapes of tinyBenchmarks.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import {
  distinctBy,
  integer,
  listOf,
  nonEmptyText,
  settings,
  settingsCase,
} from '../../core/schema.ts';
import { shown } from '../../model/files/checked.ts';
import {
  OPTION_LETTERS,
  type ChoiceQuestion,
  type ClozeQuestion,
  type Question,
  type QuestionSet,
} from './question.ts';
import type { OwnData } from '../own-data.ts';
import { checkRecord, identified, jsonLines, name, text, type SourcedValue } from '../records.ts';

const optionTexts = v.pipe(
  v.array(text, 'a list of texts'),
  v.minLength(2, 'a list of at least 2 texts'),
  v.maxLength(OPTION_LETTERS.length, `a list of at most ${OPTION_LETTERS.length} texts`),
);
const index = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))], 'an index'),
  v.integer('an index'),
  v.minValue(0, 'an index from 0'),
);
const id = v.optional(name);

const Mmlu = v.object({ id, question: text, choices: optionTexts, answer: index });
const Arc = v.object({
  id,
  question: text,
  choices: v.object(
    { text: optionTexts, label: v.array(name, 'a list of labels') },
    'an object with text and label',
  ),
  answerKey: name,
});
const Hellaswag = v.object({ id, ctx: text, endings: optionTexts, label: index });
const Winogrande = v.object({
  id,
  sentence: v.pipe(text, v.includes('_', 'a text with a gap written _')),
  option1: text,
  option2: text,
  answer: v.picklist(['1', '2', 1, 2], '1 or 2'),
});
const TruthfulQa = v.object({
  id,
  question: text,
  mc1_targets: v.object(
    { choices: optionTexts, labels: v.array(v.picklist([0, 1], '0 or 1'), 'a list of 0 and 1') },
    'an object with choices and labels',
  ),
});

/** A question as its record has it. */
type Unnamed = (Omit<ChoiceQuestion, 'id'> | Omit<ClozeQuestion, 'id'>) & {
  readonly id: string | undefined;
};

/** By the field that tells them apart; the first that is there decides. */
const SHAPES: readonly (readonly [string, (record: SourcedValue) => Unnamed])[] = [
  ['endings', hellaswag],
  ['option1', winogrande],
  ['mc1_targets', truthfulQa],
  ['answerKey', arc],
  ['choices', mmlu],
];

/**
 * JSON Lines in the shapes of tinyMMLU (`question`, `choices`, `answer`), tinyAI2_arc (`choices.text`,
 * `choices.label`, `answerKey`), tinyHellaswag (`ctx`, `endings`, `label`), tinyWinogrande (`sentence`,
 * `option1`, `option2`, `answer`) and tinyTruthfulQA (`mc1_targets`); other fields are ignored. The
 * first two are asked as multiple choice, the others as cloze (in TruthfulQA the right option always
 * comes first, so it cannot be shown).
 * @throws InputError naming line and field
 */
export function parseQuestions(content: string, source: string): Question[] {
  return identified(jsonLines(content, source), (record): Unnamed => {
    const { value, place, number } = record;
    const fields = typeof value === 'object' && value !== null ? value : {};
    const shape = SHAPES.find(([field]) => Object.hasOwn(fields, field));
    if (shape) return shape[1](record);
    throw new InputError(
      `${place}: is no known kind of question; found ${shown(value)}`,
      'Give question, choices and answer; or ctx, endings and label; or another tinyBenchmarks shape.',
      `${number}`,
    );
  });
}

function mmlu(record: SourcedValue): Unnamed {
  const { id, question, choices, answer } = checkRecord(Mmlu, record);
  return {
    kind: 'multiple_choice',
    id,
    question,
    options: choices,
    answer: within(choices, answer, 'answer', record),
  };
}

function arc(record: SourcedValue): Unnamed {
  const { id, question, choices, answerKey } = checkRecord(Arc, record);
  const answer = choices.label.indexOf(answerKey);
  if (answer < 0) throw wrong(record, 'answerKey', `one of choices.label`, answerKey);
  return {
    kind: 'multiple_choice',
    id,
    question,
    options: choices.text,
    answer: within(choices.text, answer, 'answerKey', record),
  };
}

function hellaswag(record: SourcedValue): Unnamed {
  const { id, ctx, endings, label } = checkRecord(Hellaswag, record);
  return {
    kind: 'cloze',
    id,
    endings: endings.map((continuation) => ({ context: ctx, continuation })),
    answer: within(endings, label, 'label', record),
  };
}

/** The gap is filled in the context; what follows it is the continuation, the same for both. */
function winogrande(record: SourcedValue): Unnamed {
  const { id, sentence, option1, option2, answer } = checkRecord(Winogrande, record);
  const gap = sentence.indexOf('_');
  const continuation = sentence.slice(gap + 1).trim();
  if (continuation === '') throw wrong(record, 'sentence', 'a text that goes on after _', sentence);
  return {
    kind: 'cloze',
    id,
    endings: [option1, option2].map((option) => ({
      context: sentence.slice(0, gap) + option,
      continuation,
    })),
    answer: Number(answer) - 1,
  };
}

function truthfulQa(record: SourcedValue): Unnamed {
  const { id, question, mc1_targets } = checkRecord(TruthfulQa, record);
  const { choices, labels } = mc1_targets;
  const right = labels.indexOf(1);
  if (right < 0) throw wrong(record, 'mc1_targets.labels', 'a list with a 1', labels);
  return {
    kind: 'cloze',
    id,
    endings: choices.map((continuation) => ({ context: question, continuation })),
    answer: within(choices, right, 'mc1_targets.labels', record),
  };
}

function within(options: readonly string[], at: number, field: string, record: SourcedValue) {
  if (at < options.length) return at;
  throw wrong(record, field, `the index of one of ${options.length} options`, at);
}

const wrong = ({ place, number }: SourcedValue, field: string, must: string, found: unknown) =>
  new InputError(
    `${place}: ${field} must be ${must}; found ${shown(found)}`,
    'Correct the record or remove it.',
    `${number}.${field}`,
  );

const MOST_OPTIONS = OPTION_LETTERS.length;

/** That a question's answer is one of its options. */
const answered = <Case extends v.GenericSchema<unknown, { readonly answer: number }>>(
  question: Case,
  optionsOf: (question: v.InferOutput<Case>) => readonly unknown[],
) =>
  v.pipe(
    question,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const { value } = dataset;
      const { length } = optionsOf(value);
      if (value.answer < length) return;
      const at = { type: 'object', origin: 'value', input: { ...value }, key: 'answer' } as const;
      addIssue({
        message: `the place of one of its ${length} options, counted from 0`,
        input: value.answer,
        path: [{ ...at, value: value.answer }],
      });
    }),
  );

/** Questions in a configuration. */
const questionSchema = v.variant(
  'kind',
  [
    answered(
      settingsCase({
        kind: v.literal('multiple_choice'),
        id: nonEmptyText(),
        question: nonEmptyText(),
        options: listOf(nonEmptyText(), 2, MOST_OPTIONS),
        answer: integer(0, MOST_OPTIONS - 1),
      }),
      ({ options }) => options,
    ),
    answered(
      settingsCase({
        kind: v.literal('cloze'),
        id: nonEmptyText(),
        endings: listOf(
          settings({ context: v.string('some text'), continuation: nonEmptyText() }),
          2,
        ),
        answer: integer(0, MOST_OPTIONS - 1),
      }),
      ({ endings }) => endings,
    ),
  ],
  "a question whose kind is 'multiple_choice' or 'cloze'",
);

/** A user's questions in place of the lab's: a set for each file. */
export const ownQuestions: OwnData<QuestionSet> = {
  noun: 'questions',
  format: 'JSON Lines in the shapes of tinyBenchmarks (MMLU, ARC, HellaSwag and others).',
  accept: '.jsonl,.gz',
  help: 'multiple-choice or cloze questions, tinyBenchmarks-shaped JSONL',
  schema: distinctBy(
    'name',
    settings({ name: nonEmptyText(), questions: distinctBy('id', questionSchema) }),
  ),
  read: (content, source) => [
    { name: bareName(source), questions: parseQuestions(content, source) },
  ],
  count: (sets) => sets.reduce((sum, { questions }) => sum + questions.length, 0),
};

/** `tinyMMLU.jsonl.gz` as `tinyMMLU`. */
const bareName = (source: string) => source.replace(/(\.jsonl?)?(\.gz)?$/i, '') || source;
