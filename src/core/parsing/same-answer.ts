// When two texts are the same answer.
import { strip } from './python-text.ts';
import { stripThinkingTrace } from './thinking.ts';

/**
 * The one way an answer is written: in composed Unicode (NFC), without white space at its ends. Two
 * texts are the same answer if they have this in common. Choices are written so before a trie is
 * made of them, and outputs before they are counted, so exact and sampled scores mean the same
 * answers.
 */
export function canonicalAnswer(text: string): string {
  return strip(text.normalize('NFC'));
}

/** The answer that a raw model output gives: what is left of it without thinking traces. */
export function answerOf(output: string): string {
  return canonicalAnswer(stripThinkingTrace(output));
}
