// What a tokenizer makes of answers, for people to see.
import { numberCutting, type NumberCutting } from './number-cutting.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface TokenizerReport {
  readonly cutting: NumberCutting;
  /** The token that ends an answer, as the vocabulary writes it. */
  readonly endOfAnswer: string;
  /** Whether prompts pass through a chat template; else the model gets them bare. */
  readonly hasChatTemplate: boolean;
  /** For the user to read. */
  readonly notes: readonly string[];
}

/** @throws InputError where the vocabulary has no digits */
export function tokenizerReport(tokenizer: Tokenizer): TokenizerReport {
  return {
    cutting: numberCutting(tokenizer),
    endOfAnswer: tokenizer.pieces([tokenizer.endToken])[0]!,
    hasChatTemplate: tokenizer.hasChatTemplate,
    notes: tokenizer.notes,
  };
}
