// The job `sample`: independent answers of a model to one prompt.
import * as v from 'valibot';
import { isDate, STUDY_DATE } from '../../model/tokenizer/study-date.ts';
import { sampleTokens } from '../../model/decoder/sample.ts';
import type { AdaptedModel, NoteEvent } from './adapted-model.ts';
import { integer } from '../../core/schema.ts';
import { checkInput } from './input-schema.ts';

/** Their texts and counts fit into memory several times over. */
export const MOST_DRAWN = 1_000_000;
/** Of one answer: as long as a short model's whole context. */
export const MOST_TOKENS = 4096;

const schema = v.object(
  {
    prompt: v.pipe(v.string('a text'), v.minLength(1, 'a text that is not empty')),
    n: integer(1, MOST_DRAWN),
    max_tokens: v.optional(integer(1, MOST_TOKENS), 64),
    temperature: v.optional(
      v.pipe(
        v.number('a number above 0'),
        v.finite('a number above 0'),
        v.gtValue(0, 'a number above 0'),
      ),
      1,
    ),
    seed: v.optional(v.pipe(v.number('a whole number'), v.safeInteger('a whole number')), 11),
    /** What a chat template is told that asks for the day. */
    date: v.optional(
      v.pipe(v.string('a day as YYYY-MM-DD'), v.check(isDate, 'a day as YYYY-MM-DD')),
      STUDY_DATE,
    ),
  },
  'an object with "prompt" and "n"',
);

/** Plain data. */
export interface SampleEvent {
  readonly type: 'sample';
  /** Different answers with how often each was given, the most frequent first. */
  readonly answers: readonly { readonly text: string; readonly count: number }[];
  /** Answers that were cut at `max_tokens`. */
  readonly cut: number;
}

/** @throws InputError naming the field that is wrong */
export async function* sample(
  { decoder, adapter, tokenizer: loaded }: AdaptedModel,
  untrusted: unknown,
  signal?: AbortSignal,
): AsyncGenerator<SampleEvent | NoteEvent> {
  const { prompt, n, max_tokens, temperature, seed, date } = checkInput(schema, untrusted);
  const tokenizer = (await loaded()).on(date);
  for (const message of tokenizer.notes) yield { type: 'note', message };
  const sampled = await sampleTokens(decoder, tokenizer.promptTokens(prompt), n, {
    seed,
    temperature,
    maxTokens: max_tokens,
    endTokens: tokenizer.endTokens,
    ...(adapter && { adapter }),
    ...(signal && { signal }),
  });
  const counts = new Map<string, number>();
  for (const { tokens, count } of sampled) {
    const text = tokenizer.decode(tokens);
    counts.set(text, (counts.get(text) ?? 0) + count);
  }
  const answers = Array.from(counts, ([text, count]) => ({ text, count }));
  yield {
    type: 'sample',
    answers: answers.sort((a, b) => b.count - a.count),
    cut: sampled.reduce((sum, { count, ended }) => sum + (ended ? 0 : count), 0),
  };
}
