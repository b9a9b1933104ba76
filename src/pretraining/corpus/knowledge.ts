// What the model knows of a distribution: quantiles, ends, moments and parameters, a fact a branch.
import { createDistribution } from '../../core/distributions/create.ts';
import type { Distribution } from '../../core/distributions/distribution.ts';
import { PAPER_FAMILIES } from '../../core/distributions/families.ts';
import type { RandomStream } from '../../core/random.ts';
import { answerText } from './answers.ts';
import { describeDistribution } from './describe.ts';
import { buildDocument, type Branch, type Encode } from './document.ts';
import { END, pick, question, type DocumentWriter } from './kind.ts';
import { drawParameters } from './parameters.ts';

/** Percents that quantiles are told for: few enough to become familiar. */
const PERCENTS = [1, 2, ...Array.from({ length: 19 }, (_, i) => 5 * (i + 1)), 98, 99];
/** Quantiles told in one document, one from each equal part of the percents. */
const QUANTILES = 8;
/** Asking is not the point: the tokens of a question count little, so that they stay sayable. */
const ASKED_WEIGHT = 0.03;
/** Weights of a value's significant digits: a small model learns the first two, hardly the third. */
const DIGIT_WEIGHTS = [1, 1, 0.5];
const LATER_WEIGHT = 0.1;

/** The prompt of knowledge documents; answered by `q37=0.25`, `mean=0.29`, … */
export function knowledgePrompt(
  family: string,
  parameters: Readonly<Record<string, number>>,
): string {
  return question(`Describe ${describeDistribution(family, parameters)}.`);
}

export function knowledgeWriter(encode: Encode): DocumentWriter {
  return (stream) => {
    const family = pick(stream, PAPER_FAMILIES).id;
    const parameters = drawParameters(family, stream);
    const distribution = createDistribution(family, parameters);
    const branches = facts(distribution, stream).map(([name, value]) =>
      factBranch(encode, name, answerText(distribution, value)),
    );
    return buildDocument(encode(knowledgePrompt(family, parameters)), branches);
  };
}

/** Names and values: quantiles as `q01` … `q99`, ends (0.1 and 99.9 %), moments, parameters. */
function facts(distribution: Distribution, stream: RandomStream): [string, number][] {
  const facts: [string, number][] = [];
  for (let part = 0; part < QUANTILES; part++) {
    const index = Math.floor(((part + stream.uniform()) * PERCENTS.length) / QUANTILES);
    const percent = PERCENTS[index]!;
    facts.push([`q${String(percent).padStart(2, '0')}`, distribution.quantile(percent / 100)]);
  }
  facts.push(['low', distribution.quantile(0.001)], ['high', distribution.quantile(0.999)]);
  // The mean of an integer family is no integer, so its text would not be an answer.
  if (distribution.kind === 'continuous') {
    facts.push(['mean', distribution.mean], ['sd', Math.sqrt(distribution.variance)]);
  }
  for (const [name, value] of Object.entries(distribution.parameters)) facts.push([name, value]);
  return facts.filter(([, value]) => Number.isFinite(value));
}

function factBranch(encode: Encode, name: string, value: string): Branch {
  const asked = encode(`${name}=`);
  const tokens = encode(value);
  let significant = 0;
  const weights = Array.from(value, (character) => {
    const digit = /\d/.test(character);
    if (digit && (character !== '0' || significant > 0)) significant++;
    return !digit || significant === 0 ? 1 : (DIGIT_WEIGHTS[significant - 1] ?? LATER_WEIGHT);
  });
  return {
    tokens: [...asked, ...tokens, ...encode(END)],
    weights: [...asked.map(() => ASKED_WEIGHT), ...weights, 1],
  };
}
