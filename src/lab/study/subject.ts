// What is measured of an arm: the model together with what was done to it, or to how it answers.
import { atTemperature } from '../../methods/temperature/at-temperature.ts';
import { decoderModel, type AskedModel } from '../../evaluation/decoder-model.ts';
import type { EvaluatedModel } from '../../evaluation/evaluated-model.ts';
import type { LoraAdapter } from '../../model/adapter/lora.ts';

export interface Subject {
  readonly adapter?: LoraAdapter;
  /** At which it is sampled and scored; 1 unless given. */
  readonly temperature?: number;
  /** How the model is asked, where that is not as it is. */
  readonly asks?: ((model: EvaluatedModel) => EvaluatedModel) | undefined;
}

/** The subject as evaluations ask it; an experiment asks of it only what `evaluationsOf` lists. */
export function evaluatedModel(
  model: AskedModel,
  { adapter, temperature, asks }: Subject,
): EvaluatedModel {
  const plain = decoderModel(model, adapter);
  if (asks) return asks(plain);
  return temperature === undefined ? plain : { ...plain, ...atTemperature(plain, temperature) };
}
