// Sums, asked as a user asks them; one first addend with several second ones in a document.
import { buildDocument, type Encode } from './document.ts';
import { answerBranch, ASSISTANT, END, USER, type DocumentWriter } from './kind.ts';

const SUMS = 14;
const ASKED_WEIGHT = 0.01;
/** Shares of one-, two- and three-digit addends. */
const DIGITS = [0.06, 0.88, 0.06];
const RANGES = [
  [0, 10],
  [10, 90],
  [100, 900],
] as const;

/** The user's question for a sum. */
export function additionQuestion(left: number, right: number): string {
  return `What is ${left} + ${right}?`;
}

export function additionWriter(encode: Encode): DocumentWriter {
  return (stream) => {
    const [low, count] = RANGES[stream.categorical(DIGITS)]!;
    const left = low + stream.integer(count);
    const head = `What is ${left} +`;
    const branches = Array.from({ length: SUMS }, () => {
      const right = low + stream.integer(count);
      const rest = additionQuestion(left, right).slice(head.length);
      return answerBranch(encode, rest + ASSISTANT, `${left + right}${END}`, 1, ASKED_WEIGHT);
    });
    return buildDocument(encode(USER + head), branches);
  };
}
