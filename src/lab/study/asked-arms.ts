// Arms that were trained before, asked beside a study: answers to any prompt, and sums they may have forgotten.
import { randomStream } from '../../core/random.ts';
import { evaluateArithmetic } from '../../evaluation/arithmetic.ts';
import { askedHere } from '../../evaluation/decoder-model.ts';
import { loraFromFile } from '../../model/adapter/lora.ts';
import { readAdapter } from '../../model/adapter/peft.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import type { Asking } from '../contract.ts';
import type { AdapterEvent, StudyEvent } from '../events.ts';
import { type Experiment, isBuiltin } from '../experiment/experiment.ts';
import { evaluatedModel, type Subject } from './subject.ts';

/** Answers that are drawn together: what shares a beginning shares its price, and few come soon. */
const TOGETHER = 4;
/** A longer answer than that is cut: it is none that a distribution was asked for. */
const MOST_TOKENS = 24;
/** Of the numbers that are added: longer sums the built-in model has hardly learned. */
const DIGITS = [1, 2];

/**
 * The arms answer in turns, a few answers at a time, and then do their sums one arm after the other.
 * @throws InputError as `readAdapter`
 */
export async function* askArms(
  model: Pick<LanguageModel, 'decoder' | 'tokenizer'>,
  experiment: Experiment,
  { adapters, prompt, sums }: Asking,
  signal: AbortSignal,
): AsyncGenerator<StudyEvent> {
  const arms = Object.entries(adapters);
  const dated = { ...model, tokenizer: model.tokenizer.on(experiment.date) };
  const asked = askedHere(dated);
  const { seed } = experiment;
  for (let given = 0; prompt && given < prompt.answers; given += TOGETHER) {
    for (const [arm, files] of arms) {
      const count = Math.min(TOGETHER, prompt.answers - given);
      const answers = await withSubject(dated, files, (subject) =>
        evaluatedModel(asked, subject).sample(prompt.text, count, {
          seed: randomStream(seed, 'asked', arm, given).bits(),
          maxTokens: MOST_TOKENS,
          signal,
        }),
      );
      const counted = Array.from(answers, ([text, times]) => ({ text, count: times }));
      yield { type: 'answers', arm, answers: counted };
    }
  }
  for (const [arm, files] of sums === undefined ? [] : arms) {
    const { rows } = await withSubject(dated, files, (subject) =>
      evaluateArithmetic(evaluatedModel(asked, subject), {
        ...{ seed, signal, problems: sums!, operations: ['+'], digits: DIGITS },
        instructed: !isBuiltin(experiment),
      }),
    );
    const done = rows.map(({ prompt: asked, answer, correct }) => ({
      prompt: asked,
      answer,
      correct,
    }));
    yield { type: 'sums', arm, sums: done };
  }
}

async function withSubject<T>(
  { decoder }: Pick<LanguageModel, 'decoder'>,
  files: AdapterEvent['files'] | null,
  use: (subject: Subject) => Promise<T>,
): Promise<T> {
  if (!files) return use({});
  const adapter = loraFromFile(
    decoder.spec,
    await readAdapter((name) => Promise.resolve(files[name]), decoder.spec),
  );
  try {
    return await use({ adapter });
  } finally {
    adapter.dispose();
  }
}
