// `lab parse`: reads answers from raw outputs.
import { InputError } from '../../src/core/errors.ts';
import { parseQuestion } from '../../src/core/parsing/multiple-choice.ts';
import { parseNumberOutput } from '../../src/core/parsing/number.ts';
import { normalizeOpenAnswer } from '../../src/core/parsing/open-answer.ts';
import { hasThinkingTags, stripThinkingTrace } from '../../src/core/parsing/thinking.ts';
import { pythonFloat } from '../../src/core/prompts/python-float.ts';
import { defineCommand } from '../command.ts';
import { readLines, toJson, writeText } from '../terminal.ts';

const PARSERS: Readonly<Record<string, (output: string) => unknown>> = {
  number: numberRecord,
  mcq: questionRecord,
  open: (output) => ({
    normalized: normalizeOpenAnswer(output),
    has_thinking_tags: hasThinkingTags(output),
    stripped: stripThinkingTrace(output),
  }),
};
const KINDS = Object.keys(PARSERS);

export const command = defineCommand({
  description: [
    'Reads one JSON string per line, each a raw model output, and prints one JSON object per line:',
    'number  {"valid","value","value_repr","error","stripped"}, read after the thinking trace is stripped;',
    '        "value_repr" tells -0.0 and infinities, which JSON numbers do not',
    'mcq     the fields of the question, "is_parseable", "format_errors" and the other checks',
    'open    {"normalized","has_thinking_tags","stripped"}',
  ].join('\n'),
  options: {},
  words: { usage: KINDS.join('|'), choices: KINDS },
  async run(options, terminal, [kind]) {
    const parse = PARSERS[kind!]!;
    const lines = await readLines(terminal);
    const records = lines.flatMap((line, i) =>
      line.trim() === '' ? [] : [`${toJson(parse(readString(line, i)))}\n`],
    );
    await writeText(terminal, options, records.join(''));
  },
});

function readString(line: string, index: number): string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'string') return value;
  } catch {
    // reported below, like any other line that is not a JSON string
  }
  throw new InputError(
    `line ${index + 1} is not a JSON string`,
    'write outputs as "…", one per line',
  );
}

function numberRecord(output: string) {
  const { valid, value, error } = parseNumberOutput(output);
  const infinite = value === Infinity ? 'inf' : '-inf';
  const value_repr = value === null ? null : Number.isFinite(value) ? pythonFloat(value) : infinite;
  return { valid, value, value_repr, error, stripped: stripThinkingTrace(output) };
}

function questionRecord(output: string) {
  const parsed = parseQuestion(output);
  const [option_a, option_b, option_c, option_d] = parsed.options;
  return {
    question_text: parsed.question,
    option_a,
    option_b,
    option_c,
    option_d,
    correct_answer: parsed.correctAnswer,
    explanation: parsed.explanation,
    is_parseable: parsed.isParseable,
    format_errors: parsed.formatErrors,
    unique_options: parsed.uniqueOptions,
    correct_option_nonempty: parsed.correctOptionNonempty,
    option_prefixes_valid: parsed.optionPrefixesValid,
    has_valid_correct_answer: parsed.hasValidCorrectAnswer,
  };
}
