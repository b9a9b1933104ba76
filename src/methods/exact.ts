// Exact objectives: the gradient of a distance between whole answer distributions, from the model's own odds.
import * as v from 'valibot';
import { countsOf } from '../core/counts.ts';
import { oneOf } from '../core/schema.ts';
import type { RandomStream } from '../core/random.ts';
import { OBJECTIVE_NAMES, OBJECTIVES, objectiveNamed } from '../core/scoring/objectives.ts';
import type { ObjectiveName, ObjectiveValue } from '../core/scoring/objectives.ts';
import { answerPaths, pathLogProbabilities, signedTargets } from '../core/targets/answer-paths.ts';
import type { AnswerPaths } from '../core/targets/answer-paths.ts';
import { sampleAnswers } from '../core/targets/sample-answers.ts';
import { paths, pathsField } from './answers.ts';
import { defineMethod, type Answers, type MethodModel, type MethodPrompt } from './method.ts';

/**
 * All objectives but KL push an answer in proportion to the model's probability of it, and hardly at
 * all while it gives none. So a batch is taught by KL until every prompt of it has more valid mass.
 */
const ENOUGH_VALID_MASS = 0.5;
const FIRST: ObjectiveName = 'kl';

export const exact = defineMethod({
  key: 'exact',
  title: 'Exact objective',
  note: 'Lower a distance between the target and the model’s whole answers, computed from the trie.',
  name: 'exact',
  settings: {
    /** What is lowered. */
    objective: v.optional(oneOf(OBJECTIVE_NAMES), FIRST),
    /** So many answers drawn from the target stand for all: unbiased for some objectives only. */
    paths: v.optional(paths(), 'trie'),
  },
  fields: [
    {
      kind: 'select',
      key: 'objective',
      label: 'Objective',
      options: OBJECTIVE_NAMES.map((value) => ({ value, label: OBJECTIVES[value].title })),
    },
    pathsField,
  ],
  refusal({ objective, paths: answers }, { areNumbers }) {
    const { title, drawn, needsNumbers } = objectiveNamed(objective);
    if (answers !== 'trie' && !drawn) {
      const which = OBJECTIVE_NAMES.filter((name) => objectiveNamed(name).drawn).join(', ');
      return {
        key: 'paths',
        message: `is given, but the ${title} depends on all answers at once`,
        advice: `Give 'trie', or one of the objectives ${which}, which sampled answers estimate without bias.`,
      };
    }
    if (!needsNumbers || areNumbers) return undefined;
    return {
      key: 'objective',
      message: `is ${objective}, which needs answers that are numbers`,
      advice: 'Give another objective for choices.',
    };
  },
  training: {
    loss: 'kl',
    paper: { decimals: 5, bins: 1001, visits: 3 },
    withoutDropout: true,
    answers: (settings) => settings.paths,
    words: ({ objective }) => [
      OBJECTIVES[objective].title,
      ...(objective === FIRST ? [] : [`KL until every valid mass is above ${ENOUGH_VALID_MASS}`]),
    ],
    async batch(prompts, model, random, { objective, answers }) {
      const asked = await Promise.all(
        prompts.map((prompt, place) => ask(prompt, model, random(place), answers)),
      );
      const isReady = asked.every(({ validMass }) => validMass > ENOUGH_VALID_MASS);
      const now = isReady ? objective : FIRST;
      const values = asked.map((one) => one.value(now));
      return {
        supervision: asked.map((one, i) => signedTargets(one.paths, values[i]!.c)),
        loss: values.reduce((sum, { loss }) => sum + loss, 0) / values.length,
        ...(now !== objective && { warmUp: now }),
      };
    },
  },
});

/** What the model, as it is, makes of a prompt's answers. */
interface Asked {
  readonly paths: AnswerPaths;
  /** Where answers are sampled, an estimate without bias. */
  readonly validMass: number;
  value(objective: ObjectiveName): ObjectiveValue;
}

async function ask(
  prompt: MethodPrompt,
  model: MethodModel,
  random: RandomStream,
  answers: Answers,
): Promise<Asked> {
  const { probabilities, numbers } = prompt.space;
  const drawn = answers === 'trie' ? null : countsOf(sampleAnswers(probabilities, answers, random));
  const grown = drawn ? pathsOf(prompt, [...drawn.keys()]) : wholeTrie(prompt);
  const edges = await model.edgeLogProbabilities(prompt.tokens, grown);
  const logGiven = pathLogProbabilities(grown, edges);
  if (!drawn) {
    const given = logGiven.map(Math.exp);
    const validMass = given.reduce((sum, p) => sum + p, 0);
    const odds = { target: probabilities, given, logGiven, numbers };
    return { paths: grown, validMass, value: (objective) => OBJECTIVES[objective].value(odds) };
  }
  const each = [...drawn].map(([answer, count], i) => {
    const [q, logP] = [probabilities[answer]!, logGiven[i]!];
    return { share: count / (answers as number), q, p: Math.exp(logP), logP };
  });
  return {
    paths: grown,
    validMass: each.reduce((sum, { share, q, p }) => sum + (share * p) / q, 0),
    value(objective) {
      const of = objectiveNamed(objective).drawn!;
      const parts = each.map(({ share, q, p, logP }) => of(q, p, logP).map((x) => share * x));
      return {
        loss: parts.reduce((sum, [loss]) => sum + loss!, 0),
        c: Float64Array.from(parts, ([, c]) => c!),
      };
    },
  };
}

const pathsOf = (prompt: MethodPrompt, answers: readonly number[]) =>
  answerPaths(answers.map((answer) => prompt.path(answer)));

/** Prompts come again every epoch, as the same objects while they are remembered. */
const whole = new WeakMap<MethodPrompt, AnswerPaths>();

function wholeTrie(prompt: MethodPrompt): AnswerPaths {
  let grown = whole.get(prompt);
  if (!grown) {
    grown = pathsOf(prompt, [...prompt.space.values.keys()]);
    whole.set(prompt, grown);
  }
  return grown;
}
