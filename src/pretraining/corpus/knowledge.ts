// What the model knows of a distribution: its quantiles, mean, spread and ends, one fact a branch.
import { createDistribution } from '../../core/distributions/create.ts';
import type { Distribution } from '../../core/distributions/distribution.ts';
import { FAMILIES } from '../../core/distributions/families.ts';
import type { RandomStream } from '../../core/random.ts';
import { answerText } from './answers.ts';
import { describeDistribution } from './describe.ts';
import { buildDocument, type Branch, type Encode } from './document.ts';
import { END, pick, question, type DocumentWriter } from './kind.ts';
import { drawParameters } from './parameters.ts';

/** Quantiles told in one document, one from each equal part of 1 … 99 %. */
const QUANTILES = 12;
/** Asking is not the point: the tokens of a question count little, so that they stay sayable. */
const ASKED_WEIGHT = 0.03;
/** Digits after the third significant one cannot be learned by a small model; they count little. */
const SIGNIFICANT = 3;
const INSIGNIFICANT_WEIGHT = 0.25;

/** The prompt of knowledge documents; answered by `q37=0.25`, `mean=0.29`, … */
export function knowledgePrompt(
  family: string,
  parameters: Readonly<Record<string, number>>,
): string {
  return question(`Describe ${describeDistribution(family, parameters)}.`);
}

export function knowledgeWriter(encode: Encode): DocumentWriter {
  return (stream) => {
    const family = pick(stream, FAMILIES).id;
    const parameters = drawParameters(family, stream);
    const distribution = createDistribution(family, parameters);
    const branches = facts(distribution, stream).map(([name, value]) =>
      factBranch(encode, name, answerText(distribution, value)),
    );
    return buildDocument(encode(knowledgePrompt(family, parameters)), branches);
  };
}

/** Names and values: quantiles as `q01` … `q99`, the 0.1 % and 99.9 % ends, the mean. */
function facts(distribution: Distribution, stream: RandomStream): [string, number][] {
  const facts: [string, number][] = [];
  for (let part = 0; part < QUANTILES; part++) {
    const percent = 1 + Math.floor((99 * (part + stream.uniform())) / QUANTILES);
    facts.push([`q${String(percent).padStart(2, '0')}`, distribution.quantile(percent / 100)]);
  }
  facts.push(['low', distribution.quantile(0.001)], ['high', distribution.quantile(0.999)]);
  // The mean of an integer family is no integer, so its text would not be an answer.
  if (distribution.kind === 'continuous' && Number.isFinite(distribution.mean)) {
    facts.push(['mean', distribution.mean]);
  }
  return facts.filter(([, value]) => Number.isFinite(value));
}

function factBranch(encode: Encode, name: string, value: string): Branch {
  const asked = encode(`${name}=`);
  const tokens = encode(value);
  const weights: number[] = [];
  let significant = 0;
  for (const character of value) {
    if (/[1-9]/.test(character) || (character === '0' && significant > 0)) significant++;
    weights.push(significant > SIGNIFICANT ? INSIGNIFICANT_WEIGHT : 1);
  }
  return {
    tokens: [...asked, ...tokens, ...encode(END)],
    weights: [...asked.map(() => ASKED_WEIGHT), ...weights, 1],
  };
}
