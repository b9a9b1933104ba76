import { expect, test } from 'vitest';
import {
  parseBatchNumbers,
  parseNumberOutput,
  parseSingleNumber,
  validateValue,
} from '../../../../src/core/parsing/number.ts';
import { parseQuestion } from '../../../../src/core/parsing/multiple-choice.ts';
import { countUnique, normalizeOpenAnswer } from '../../../../src/core/parsing/open-answer.ts';
import { hasThinkingTags, stripThinkingTrace } from '../../../../src/core/parsing/thinking.ts';
import { questionMetrics } from '../../../../src/core/scoring/question-metrics.ts';
import { topPSupportSizes } from '../../../../src/core/scoring/top-p.ts';
import { Comparison, readGolden } from '../../../golden/golden.ts';

interface GoldenNumber {
  raw: string;
  valid: boolean;
  value: number | null;
  value_repr: string | null;
  error: string | null;
}
interface GoldenQuestion {
  question_text: string;
  option_a: string;
  option_b: string;
  option_c: string;
  option_d: string;
  correct_answer: string;
  explanation: string;
  is_parseable: boolean;
  format_errors: string[];
  unique_options: boolean;
  correct_option_nonempty: boolean;
  option_prefixes_valid: boolean;
  has_valid_correct_answer: boolean;
}
interface Golden {
  numbers: {
    specs: {
      kind: 'continuous' | 'discrete';
      support_min: number | null;
      support_max: number | null;
    }[];
    cases: {
      raw: string;
      parse_raw: GoldenNumber;
      stripped: string;
      parse_stripped: GoldenNumber;
      validate: [boolean, string | null][] | null;
    }[];
    validate_table: { value: string; results: [boolean, string | null][] }[];
    parse_batch_numbers: { raw: string; parsed: GoldenNumber[] }[];
  };
  mcq: {
    cases: { raw: string; parsed: GoldenQuestion }[];
    metrics: {
      name: string;
      indices: number[];
      summary: Record<string, number>;
      answer_frequency_rows: { answer_label: string; count: number; frequency: number }[];
    }[];
  };
  open: {
    cases: { raw: string; normalized: string; has_thinking_tags: boolean; stripped: string }[];
    count_unique_outputs: {
      name: string;
      indices: number[];
      num_unique: number;
      unique_fraction: number;
      counts: Record<string, number>;
    }[];
  };
  top_p: {
    vectors: {
      name: string;
      probs: number[];
      thresholds: number[];
      sizes_f32: number[];
      sizes_f64: number[];
      tie_sensitive: boolean[];
    }[];
    error_cases: { name: string; message: string }[];
  };
}

const golden = readGolden<Golden>('parsing');
const specs = golden.numbers.specs.map(({ kind, support_min, support_max }) => ({
  kind,
  support: [support_min ?? -Infinity, support_max ?? Infinity] as const,
}));
const fromText = (text: string) =>
  text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);

test('numbers parse as the reference parses them', () => {
  const compare = new Comparison();
  const check = (actual: ReturnType<typeof parseSingleNumber>, expected: GoldenNumber) => {
    const { valid, value_repr, error } = expected;
    const value = value_repr === null ? null : fromText(value_repr);
    compare.exact(actual, { valid, value, error }, JSON.stringify(expected));
  };
  for (const { raw, parse_raw, stripped, parse_stripped, validate } of golden.numbers.cases) {
    check(parseSingleNumber(raw), parse_raw);
    compare.exact(stripThinkingTrace(raw), stripped, raw);
    const parsed = parseNumberOutput(raw);
    check(parsed, parse_stripped);
    validate?.forEach(([, error], i) =>
      compare.exact(validateValue(specs[i]!, parsed.value!), error, `${raw} in ${i}`),
    );
  }
  for (const { value, results } of golden.numbers.validate_table) {
    results.forEach(([, error], i) =>
      compare.exact(validateValue(specs[i]!, fromText(value)), error, `${value} in ${i}`),
    );
  }
  for (const { raw, parsed } of golden.numbers.parse_batch_numbers) {
    const actual = parseBatchNumbers(raw);
    compare.exact(
      actual.map((number) => number.raw),
      parsed.map((number) => number.raw),
      raw,
    );
    parsed.forEach((expected, i) => {
      const { valid, value, error } = actual[i]!;
      check({ valid, value, error }, expected);
    });
  }
  expect(compare.count).toBe(1012);
});

const questions = golden.mcq.cases.map(({ raw }) => parseQuestion(raw));

test('multiple-choice questions parse as the reference parses them', () => {
  golden.mcq.cases.forEach(({ raw, parsed }, i) => {
    const { question, options, ...rest } = questions[i]!;
    expect(
      {
        question_text: question,
        option_a: options[0],
        option_b: options[1],
        option_c: options[2],
        option_d: options[3],
        correct_answer: rest.correctAnswer,
        explanation: rest.explanation,
        is_parseable: rest.isParseable,
        format_errors: rest.formatErrors,
        unique_options: rest.uniqueOptions,
        correct_option_nonempty: rest.correctOptionNonempty,
        option_prefixes_valid: rest.optionPrefixesValid,
        has_valid_correct_answer: rest.hasValidCorrectAnswer,
      },
      raw,
    ).toEqual(parsed);
  });
});

test('answer-position metrics equal the reference, but for undefined ones', () => {
  const compare = new Comparison();
  for (const { name, indices, summary, answer_frequency_rows } of golden.mcq.metrics) {
    const actual = questionMetrics(indices.map((i) => questions[i]!));
    const nothing = summary.num_parseable === 0;
    // The reference reports 0 (p-value 1) where nothing was parsed; there is nothing to report.
    const defined = (x: number | undefined) => (nothing ? null : x!);
    const numbers: [number | null, number | null][] = [
      [actual.samples, summary.num_samples!],
      [actual.parseable, summary.num_parseable!],
      [actual.parseRate ?? 0, summary.parse_rate!],
      [actual.validAnswers, summary.num_valid_correct_answer!],
      [actual.validAnswerRate ?? 0, summary.valid_correct_answer_rate!],
      [actual.uniqueOptionsRate ?? 0, summary.unique_options_rate!],
      [actual.chiSquare, defined(summary.chi_square_statistic)],
      [actual.pValue, defined(summary.chi_square_pvalue)],
      [actual.totalVariation, defined(summary.tv_distance_from_uniform)],
      [actual.largestDeviation, defined(summary.max_abs_deviation_from_uniform)],
      ...answer_frequency_rows.flatMap(({ count, frequency }, i): [number, number][] => [
        [actual.counts[i]!, count],
        [actual.frequencies[i]!, frequency],
      ]),
      ...['a', 'b', 'c', 'd'].flatMap((letter, i): [number, number][] => [
        [actual.counts[i]!, summary[`count_${letter}`]!],
        [actual.frequencies[i]!, summary[`freq_${letter}`]!],
      ]),
    ];
    numbers.forEach(([a, g], i) => compare.number(a, g, `${name} ${i}`));
    compare.exact(
      answer_frequency_rows.map((row) => row.answer_label),
      ['A', 'B', 'C', 'D'],
      name,
    );
  }
  expect(compare.count).toBe(162);
});

test('open answers are normalised and counted as the reference does', () => {
  const normalized = golden.open.cases.map(({ raw }) => normalizeOpenAnswer(raw));
  expect(normalized).toEqual(golden.open.cases.map((entry) => entry.normalized));
  expect(golden.open.cases.map(({ raw }) => hasThinkingTags(raw))).toEqual(
    golden.open.cases.map((entry) => entry.has_thinking_tags),
  );
  expect(golden.open.cases.map(({ raw }) => stripThinkingTrace(raw))).toEqual(
    golden.open.cases.map((entry) => entry.stripped),
  );
  for (const { indices, num_unique, unique_fraction, counts } of golden.open.count_unique_outputs) {
    const actual = countUnique(indices.map((i) => normalized[i]!));
    expect(actual.unique).toBe(num_unique);
    expect(actual.uniqueFraction).toBe(unique_fraction);
    expect([...actual.counts]).toEqual(Object.entries(counts));
  }
});

test('top-p support sizes equal the reference in both precisions', () => {
  for (const { name, probs, thresholds, sizes_f32, sizes_f64, tie_sensitive } of golden.top_p
    .vectors) {
    // Where a sum lies within 1e-6 of the threshold the summation order decides: not ours to match.
    const settled = (sizes: number[]) => sizes.map((size, i) => (tie_sensitive[i] ? 'tie' : size));
    expect(settled(topPSupportSizes(Float32Array.from(probs), thresholds)), name).toEqual(
      settled(sizes_f32),
    );
    expect(settled(topPSupportSizes(Float64Array.from(probs), thresholds)), name).toEqual(
      settled(sizes_f64),
    );
  }
  const message = (name: string) => golden.top_p.error_cases.find((e) => e.name === name)!.message;
  const one = Float64Array.of(1);
  expect(() => topPSupportSizes(one, [0])).toThrow('(0, 1], got 0');
  expect(message('threshold_zero')).toMatch('(0, 1], got 0');
  expect(() => topPSupportSizes(one, [1.5])).toThrow(message('threshold_above_one'));
  // The third error case, a two-dimensional tensor, cannot be written down here.
});
