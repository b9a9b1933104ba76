// Building blocks of the jobs' inputs, and their check.
import * as v from 'valibot';
import { inputErrorOf, listOf } from '../../core/schema.ts';

/** A list of at least one token id of the vocabulary. */
export const tokenIds = (vocabSize: number) => {
  const must = `a token id of this model, from 0 to ${vocabSize - 1}`;
  return listOf(
    v.pipe(v.number(must), v.integer(must), v.minValue(0, must), v.maxValue(vocabSize - 1, must)),
    1,
  );
};

/**
 * Untrusted `input` as the schema gives it back.
 * @throws InputError naming the first field that is wrong, e.g. `examples.0.completion`
 */
export function checkInput<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (!result.success) throw inputErrorOf(result.issues[0], 'the input');
  return result.output;
}
