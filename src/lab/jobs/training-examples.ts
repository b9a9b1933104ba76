// Training examples given as data: prompts, completions and, for soft targets, what to learn at each step.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import type { Supervision } from '../../core/targets/supervision.ts';
import type { Example } from '../../model/decoder/pack.ts';
import { listOf, number, oneOf } from '../../core/schema.ts';
import { checkInput, tokenIds } from './input-schema.ts';

const distinct = (ids: number[]) => new Set(ids).size === ids.length;

const schema = (vocabSize: number) => {
  const ids = tokenIds(vocabSize);
  const target = v.pipe(
    v.object(
      {
        tokens: v.pipe(ids, v.check(distinct, 'a list that names every token once')),
        probabilities: listOf(number(0, 1), 1),
      },
      'an object with "tokens" and "probabilities"',
    ),
    v.forward(
      v.check(
        ({ tokens, probabilities }) => tokens.length === probabilities.length,
        'one probability for each of the tokens',
      ),
      ['probabilities'],
    ),
  );
  const example = v.pipe(
    v.object(
      { prompt: ids, completion: ids, targets: v.optional(v.array(target, 'a list of targets')) },
      'an object with "prompt", "completion" and, for soft, "targets"',
    ),
    v.forward(
      v.check(
        ({ completion, targets }) => !targets || targets.length === completion.length,
        'one target for each token of the completion',
      ),
      ['targets'],
    ),
  );
  return v.object(
    {
      method: oneOf(['soft', 'hard']),
      tau: v.optional(number(0, Number.MAX_VALUE, 'above'), 1),
      examples: listOf(example, 1),
    },
    'an object with "method", "tau" and "examples"',
  );
};

export type GradientsInput = v.InferInput<ReturnType<typeof schema>>;
type Checked = v.InferOutput<ReturnType<typeof schema>>;

export interface TrainingExamples extends Pick<Checked, 'method' | 'tau'> {
  /** Each completion as one path after its prompt. */
  readonly examples: readonly Example[];
}

/**
 * Soft targets are raised to at least 1e-8 and renormalised, as in the reference.
 * @throws InputError naming the field, e.g. `examples.0.targets`
 */
export function trainingExamples(untrusted: unknown, vocabSize: number): TrainingExamples {
  const { method, tau, examples } = checkInput(schema(vocabSize), untrusted);
  if (method === 'hard' && tau !== 1) {
    throw new InputError(
      `tau is ${tau}`,
      'Give 1 or leave it out: hard targets have no temperature.',
      'tau',
    );
  }
  return { method, tau, examples: supervised(method, examples) };
}

/** Every example as one path after its prompt. */
function supervised(method: Checked['method'], examples: Checked['examples']): Example[] {
  return examples.map(({ prompt, completion, targets }, i) => {
    if (method === 'hard') {
      const ones = completion.map((id) => ({ tokens: [id], probabilities: [1] }));
      return { prompt, supervision: path(completion, ones, 1, completion.length) };
    }
    if (targets === undefined) {
      throw new InputError(
        `examples.${i}.targets is missing`,
        'Soft targets need one for each token of the completion.',
        `examples.${i}.targets`,
      );
    }
    return { prompt, supervision: path(completion, targets, 1 / completion.length, 1) };
  });
}

/** Node k stands before token k of the completion, whose last token is predicted only. */
function path(
  completion: readonly number[],
  targets: readonly { readonly tokens: number[]; readonly probabilities: number[] }[],
  weight: number,
  normalizer: number,
): Supervision {
  const depth = Int32Array.from(completion, (_, k) => k);
  const targetStart = new Int32Array(completion.length + 1);
  targets.forEach(({ tokens }, k) => (targetStart[k + 1] = targetStart[k]! + tokens.length));
  return {
    nodeCount: completion.length,
    parent: depth.map((k) => k - 1),
    token: Int32Array.from(depth, (k) => completion[k - 1] ?? -1),
    depth,
    weight: new Float64Array(completion.length).fill(weight),
    targetStart,
    targetToken: Int32Array.from(targets.flatMap(({ tokens }) => tokens)),
    targetProbability: Float64Array.from(
      targets.flatMap(({ probabilities }) => clamped(probabilities)),
    ),
    normalizer,
  };
}

/** The reference's clamp: below at 1e-8, then renormalised. */
function clamped(probabilities: readonly number[]): number[] {
  const raised = probabilities.map((p) => Math.max(p, 1e-8));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((p) => p / total);
}
