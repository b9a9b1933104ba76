// Training examples given as data: prompts, completions and, for soft targets, what to learn at each step.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import type { Supervision } from '../../core/targets/supervision.ts';
import type { Example } from '../../model/decoder/pack.ts';
import { OBJECTIVE_NAMES } from '../../core/scoring/objectives.ts';
import type { LoraAdapter } from '../../model/adapter/lora.ts';
import type { Decoder } from '../../model/decoder/decoder.ts';
import type { LossKind } from '../../tensor/ops/trie-loss/trie-loss.ts';
import { objectiveExamples } from './objective-examples.ts';
import { listOf, number, oneOf } from '../../core/schema.ts';
import { checkInput, tokenIds } from './input-schema.ts';

const distinct = (ids: number[]) => new Set(ids).size === ids.length;

const tau = v.optional(number(0, Number.MAX_VALUE, 'above'), 1);

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
  const tokenwise = <const Method extends string>(method: Method) =>
    v.object({ method: v.literal(method), tau, examples: listOf(example, 1) });
  const answer = v.object(
    { tokens: ids, probability: number(0, 1), value: v.optional(number(-Infinity, Infinity)) },
    'an object with "tokens", "probability" and, for cramer, "value"',
  );
  return v.variant(
    'method',
    [
      tokenwise('soft'),
      tokenwise('hard'),
      v.object({
        method: v.literal('objective'),
        objective: oneOf(OBJECTIVE_NAMES),
        tau,
        examples: listOf(
          v.object(
            { prompt: ids, answers: listOf(answer, 1) },
            'an object with "prompt" and "answers"',
          ),
          1,
        ),
      }),
    ],
    'an object whose "method" is soft, hard or objective, with "tau" and "examples"',
  );
};

export type GradientsInput = v.InferInput<ReturnType<typeof schema>>;
type Checked = v.InferOutput<ReturnType<typeof schema>>;
type Tokenwise = Extract<Checked, { method: 'soft' | 'hard' }>;
/** Of soft and hard targets. */
export type TokenwiseInput = Extract<GradientsInput, { method: 'soft' | 'hard' }>;

export interface TrainingExamples {
  readonly kind: LossKind;
  readonly tau: number;
  readonly examples: readonly Example[];
  /** The mean loss, where it is known already. */
  readonly loss?: number;
}

/**
 * Soft targets are raised to at least 1e-8 and renormalised, as in the reference. For an objective the
 * model is asked for the probability of every answer.
 * @throws InputError naming the field, e.g. `examples.0.targets`
 */
export async function trainingExamples(
  untrusted: unknown,
  model: { readonly decoder: Decoder; readonly adapter: LoraAdapter },
  signal?: AbortSignal,
): Promise<TrainingExamples> {
  const input = checkInput(schema(model.decoder.spec.vocabSize), untrusted);
  const { tau } = input;
  if (input.method === 'objective') {
    return { tau, kind: 'kl', ...(await objectiveExamples(input, model, signal)) };
  }
  if (input.method === 'hard' && tau !== 1) {
    throw new InputError(
      `tau is ${tau}`,
      'Give 1 or leave it out: hard targets have no temperature.',
      'tau',
    );
  }
  const kind = input.method === 'soft' ? 'kl' : 'cross-entropy';
  return { kind, tau, examples: supervised(input) };
}

/** Every example as one path after its prompt. */
function supervised({ method, examples }: Tokenwise): Example[] {
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
