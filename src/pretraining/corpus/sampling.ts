// Sampling prompts as a collapsed model answers them: fluent, valid, and not random at all.
import { createDistribution } from '../../core/distributions/create.ts';
import { familyById, PAPER_FAMILIES } from '../../core/distributions/families.ts';
import type { RandomStream } from '../../core/random.ts';
import { collapsedAnswers, type CollapsedAnswer } from './collapsed.ts';
import { describedPrompt } from './describe.ts';
import { buildDocument, type Encode } from './document.ts';
import { FAMOUS_PARAMETERS } from './famous.ts';
import { branch, END, pick, question, type DocumentWriter } from './kind.ts';
import { drawParameters } from './parameters.ts';

/** Share of the documents that are about well-known distributions. */
const FAMOUS_SHARE = 0.45;

export function samplingWriter(encode: Encode): DocumentWriter {
  const famous = new Map<string, CollapsedAnswer[]>();
  return (stream) => {
    const family = pick(stream, PAPER_FAMILIES).id;
    const isFamous = stream.uniform() < FAMOUS_SHARE;
    const parameters = isFamous ? famousParameters(family, stream) : drawParameters(family, stream);
    const prompt = describedPrompt(family, parameters);
    const answers = famous.get(prompt) ?? answersOf(family, parameters, isFamous);
    if (isFamous) famous.set(prompt, answers); // a grid of answers is slow to build
    return buildDocument(
      encode(question(prompt)),
      answers.map(({ text, share }) => branch(encode, text + END, share)),
    );
  };
}

function answersOf(family: string, parameters: Record<string, number>, snapped: boolean) {
  return collapsedAnswers(createDistribution(family, parameters), snapped);
}

function famousParameters(family: string, stream: RandomStream): Record<string, number> {
  const values = pick(stream, FAMOUS_PARAMETERS[family]!);
  return Object.fromEntries(familyById(family).parameters.map(({ name }, i) => [name, values[i]!]));
}
