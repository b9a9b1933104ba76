// How a tokenizer writes answers: what their trie is made of.
import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts';
import type { AnswerTokens } from '../events.ts';

/** @throws InputError where the tokenizer cannot express an answer */
export function answerTokens(tokenizer: Tokenizer, answers: readonly string[]): AnswerTokens {
  const paths = answers.map((answer) => tokenizer.encodeAnswer(answer));
  const ids = [...new Set(paths.flat())];
  const texts = tokenizer.pieces(ids).map((text, i) => [ids[i]!, text] as const);
  return { paths, end: tokenizer.endToken, texts: Object.fromEntries(texts) };
}
