// What is measured of an arm: the model together with what was done to it, or to how it answers.
import { atTemperature } from '../../evaluation/at-temperature.ts';
import { decoderModel } from '../../evaluation/decoder-model.ts';
import type { EvaluatedModel } from '../../evaluation/evaluated-model.ts';
import { seedOfThought } from '../../evaluation/seed-of-thought.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import type { LoraAdapter } from '../../model/adapter/lora.ts';

export interface Subject {
  readonly adapter?: LoraAdapter;
  /** At which it is sampled and scored; 1 unless given. */
  readonly temperature?: number;
  /** Whether it is asked to write a random string first. */
  readonly seedOfThought?: boolean;
}

/** The subject as evaluations ask it; an experiment asks of it only what `evaluationsOf` lists. */
export function evaluatedModel(
  model: Pick<LanguageModel, 'decoder' | 'tokenizer'>,
  { adapter, temperature, seedOfThought: strings }: Subject,
): EvaluatedModel {
  const plain = decoderModel(model, adapter);
  if (strings) {
    // What the first token of such an answer is says nothing of the answer.
    const { logProbability, textLogProbability } = plain;
    return { ...seedOfThought(plain), logProbability, textLogProbability };
  }
  return temperature === undefined ? plain : { ...plain, ...atTemperature(plain, temperature) };
}
