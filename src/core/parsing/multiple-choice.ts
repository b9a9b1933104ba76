// Reads a four-option question in the fixed layout: Question / A. / B. / C. / D. / Correct Answer / Explanation.
import { foldSpace, splitLines, strip } from './python-text.ts';
import { stripThinkingTags } from './thinking.ts';

export const LETTERS = ['A', 'B', 'C', 'D'] as const;

export interface ParsedQuestion {
  readonly question: string;
  /** In the order of `LETTERS`; empty where missing. */
  readonly options: readonly string[];
  readonly correctAnswer: string;
  readonly explanation: string;
  /** Nothing is missing, repeated, empty or out of place. */
  readonly isParseable: boolean;
  /** The reference's codes, in its order; they may repeat. */
  readonly formatErrors: readonly string[];
  readonly uniqueOptions: boolean;
  readonly correctOptionNonempty: boolean;
  /** Every option line is there exactly once. */
  readonly optionPrefixesValid: boolean;
  readonly hasValidCorrectAnswer: boolean;
}

const FIELDS = [
  { name: 'question', prefix: 'Question:' },
  ...LETTERS.map((letter) => ({ name: `option_${letter.toLowerCase()}`, prefix: `${letter}.` })),
  { name: 'correct_answer', prefix: 'Correct Answer:' },
  { name: 'explanation', prefix: 'Explanation:' },
];
const OPTIONS = ['option_a', 'option_b', 'option_c', 'option_d'];

/** Never throws: what is wrong is listed. The first of repeated fields counts. */
export function parseQuestion(output: string): ParsedQuestion {
  const lines = splitLines(stripThinkingTags(output)).map(strip).filter(Boolean);
  const fields = new Map<string, string>();
  const errors: string[] = [];
  const repeated = new Set<string>();
  for (const line of lines) {
    const field = FIELDS.find(({ prefix }) => line.startsWith(prefix));
    if (!field) errors.push('unexpected_line');
    else if (fields.has(field.name)) {
      errors.push(`duplicate_${field.name}`);
      repeated.add(field.name);
    } else fields.set(field.name, foldSpace(line.slice(field.prefix.length)));
  }

  const text = (name: string) => fields.get(name) ?? '';
  const options = OPTIONS.map(text);
  const correctAnswer = text('correct_answer');
  const answerIndex = LETTERS.findIndex((letter) => letter === correctAnswer);
  if (lines.length === 0) errors.push('empty_response');
  else {
    const missing = [...OPTIONS, 'question', 'explanation', 'correct_answer'];
    const empty = ['question', 'explanation', ...OPTIONS];
    errors.push(...missing.filter((name) => !fields.has(name)).map((name) => `missing_${name}`));
    errors.push(...empty.filter((name) => text(name) === '').map((name) => `empty_${name}`));
    if (answerIndex < 0) errors.push('invalid_correct_answer');
  }
  return {
    question: text('question'),
    options,
    correctAnswer,
    explanation: text('explanation'),
    isParseable: errors.length === 0,
    formatErrors: errors,
    uniqueOptions: options.every(Boolean) && new Set(options).size === options.length,
    correctOptionNonempty: answerIndex >= 0 && options[answerIndex] !== '',
    optionPrefixesValid: OPTIONS.every((name) => fields.has(name) && !repeated.has(name)),
    hasValidCorrectAnswer: answerIndex >= 0,
  };
}
