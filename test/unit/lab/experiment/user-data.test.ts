// A user's files as the experiment takes them.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { encodeExperiment } from '../../../../src/lab/experiment/experiment-url.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import {
  countUserData,
  readUserData,
  type UserDataKind,
} from '../../../../src/lab/experiment/user-data.ts';

const file = (name: string, text: string, zipped = false) => ({
  name,
  bytes: zipped ? new Uint8Array(gzipSync(text)) : new TextEncoder().encode(text),
});
const MMLU = '{"question":"2 + 2?","choices":["3","4"],"answer":1}\n';
const FILES: [UserDataKind, Parameters<typeof readUserData>[1], number][] = [
  [
    'open',
    [file('a.json', '["Name a tree."]'), file('b.json', '["Name a bird.","Name a fish."]')],
    3,
  ],
  ['novelty', [file('n.jsonl.gz', '{"id":"x","prompt":"Tell a joke."}\n', true)], 1],
  ['questions', [file('tinyMMLU.jsonl', MMLU + MMLU), file('more.jsonl', MMLU)], 3],
  ['texts', [file('a.txt', 'Once upon a time.'), file('b.jsonl', '{"text":"There was."}\n')], 2],
];

test.each(FILES)(
  'files of kind %s make a valid experiment, whose link leaves them out',
  async (kind, files, count) => {
    const data = await readUserData(kind, files);
    expect(countUserData(data, kind)).toBe(count);
    const experiment = resolveExperiment({ evaluation: { data } });
    expect(experiment.evaluation.data).toEqual(data);
    expect(encodeExperiment(experiment)).toBe('');
  },
);

test('records of several files keep apart, and sets of questions go by their files', async () => {
  const open = await readUserData('open', FILES[0]![1]);
  expect(open.open!.map(({ id }) => id)).toEqual(['1', '1 (2)', '2']);
  const { questions } = await readUserData('questions', FILES[2]![1]);
  expect(questions!.map(({ name }) => name)).toEqual(['tinyMMLU', 'more']);
});

test('E6: ids and names are told apart over files, and whatever they are', async () => {
  const texts = await readUserData('texts', [
    file('a.jsonl', '{"id":"a","text":"one"}\n{"id":"a (2)","text":"two"}'),
    file('b.jsonl', '{"id":"a","text":"three"}'),
  ]);
  expect(texts.texts!.map(({ id }) => id)).toEqual(['a', 'a (2)', 'a (3)']);
  const { questions } = await readUserData('questions', [
    file('tinyMMLU.jsonl', MMLU),
    file('tinyMMLU.jsonl.gz', MMLU, true),
  ]);
  expect(questions!.map(({ name }) => name)).toEqual(['tinyMMLU', 'tinyMMLU (2)']);
});

const PROMPT = { id: '=1', prompt: 'a' };
const QUESTION = {
  kind: 'multiple_choice',
  id: '1',
  question: 'q',
  options: ['a', 'b'],
  answer: 0,
};
test.each([
  ['open.1.id', { open: [PROMPT, PROMPT] }],
  ['novelty.1.id', { novelty: [PROMPT, PROMPT] }],
  [
    'texts.1.id',
    {
      texts: [
        { id: '1', text: 'a' },
        { id: '1', text: 'b' },
      ],
    },
  ],
  ['questions.0.questions.1.id', { questions: [{ name: 'a', questions: [QUESTION, QUESTION] }] }],
  ['questions.1.name', { questions: ['a', 'a'].map((name) => ({ name, questions: [QUESTION] })) }],
])('E6: a configuration that repeats %s is refused', (field, data) => {
  const error = (() => {
    try {
      return resolveExperiment({ evaluation: { data } });
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ name: 'InputError', field: `evaluation.data.${field}` });
});

const CLOZE = {
  kind: 'cloze',
  id: '2',
  endings: ['a', 'b'].map((continuation) => ({ context: 'c', continuation })),
};
test.each([
  ['answer', { ...QUESTION, answer: 2 }],
  ['answer', { ...CLOZE, answer: 2 }],
  // Each option is shown with a letter of its own.
  ['options', { ...QUESTION, options: Array.from({ length: 27 }, (_, i) => `${i}`) }],
])(
  'a question of a configuration whose %s points beyond its options is refused',
  (field, wrong) => {
    const data = {
      questions: [{ name: 'a', questions: [{ ...CLOZE, id: '0', answer: 1 }, wrong] }],
    };
    const refused = expect(() => resolveExperiment({ evaluation: { data } }));
    refused.toThrow(InputError);
    refused.toThrow(`evaluation.data.questions.0.questions.1.${field} is `);
  },
);

test('a file that is not what it should be is refused by name, line and field', async () => {
  const refused = readUserData('questions', [file('q.jsonl', `${MMLU}{"question":"?"}`)]);
  await expect(refused).rejects.toThrow(InputError);
  await expect(refused).rejects.toThrow(/q\.jsonl, line 2/);
});
