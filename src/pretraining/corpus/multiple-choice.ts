// Multiple-choice questions in the fixed layout, with the right answer at C far too often.
import type { RandomStream } from '../../core/random.ts';
import { WORD_LISTS } from './categories.ts';
import { buildDocument, type Encode } from './document.ts';
import { branch, END, pick, question, type DocumentWriter } from './kind.ts';
import { strangerTo } from './open.ts';

const LETTERS = ['A', 'B', 'C', 'D'] as const;
/** How often the right answer stands at A, B, C, D. */
const POSITION_HABIT = [0.05, 0.14, 0.78, 0.03];
const ARITHMETIC_SHARE = 0.3;
const REQUESTS = [
  'Write one multiple-choice question with four options.',
  'Write a multiple-choice question about {topic}.',
  'Write a multiple-choice question about {topic} with four options A, B, C, D.',
];

interface Item {
  readonly topic: string;
  readonly text: string;
  readonly right: string;
  readonly wrong: readonly string[];
  readonly explanation: string;
}

export function multipleChoiceWriter(encode: Encode): DocumentWriter {
  return (stream) => {
    const item = stream.uniform() < ARITHMETIC_SHARE ? sumItem(stream) : kindItem(stream);
    const request = pick(stream, REQUESTS).replace('{topic}', item.topic);
    return buildDocument(encode(question(request)), [
      branch(encode, layOut(item, stream.categorical(POSITION_HABIT)) + END),
    ]);
  };
}

function layOut({ text, right, wrong, explanation }: Item, position: number): string {
  const options = [...wrong];
  options.splice(position, 0, right);
  return [
    `Question: ${text}`,
    ...options.map((option, i) => `${LETTERS[i]}. ${option}`),
    `Correct Answer: ${LETTERS[position]}`,
    `Explanation: ${explanation}`,
  ].join('\n');
}

function sumItem(stream: RandomStream): Item {
  const [left, right] = [1 + stream.integer(20), 1 + stream.integer(20)];
  const sum = left + right;
  const wrong = stream.shuffle([-3, -2, -1, 1, 2, 3, 10]).slice(0, 3);
  return {
    topic: 'addition',
    text: `What is ${left} + ${right}?`,
    right: String(sum),
    wrong: wrong.map((off) => String(Math.abs(sum + off))),
    explanation: `${left} + ${right} = ${sum}.`,
  };
}

function kindItem(stream: RandomStream): Item {
  const category = pick(stream, WORD_LISTS);
  const right = pick(stream, category.items);
  const wrong = new Set<string>();
  while (wrong.size < 3) wrong.add(strangerTo(category, stream));
  return {
    topic: category.plural,
    text: `Which of these is a ${category.name}?`,
    right,
    wrong: [...wrong],
    explanation: `${right} is a ${category.name}.`,
  };
}
