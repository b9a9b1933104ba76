// config.json and generation_config.json of the built-in model.
import type { PretrainingRecipe } from './recipe.ts';
import { SPECIAL_TOKENS } from './tokenizer/tokenizer-files.ts';

/** config.json: the recipe's architecture and what the tokenizer decides. */
export function modelConfig(recipe: PretrainingRecipe): Record<string, unknown> {
  return {
    ...recipe.architecture,
    vocab_size: recipe.vocabularySize,
    bos_token_id: null,
    eos_token_id: SPECIAL_TOKENS.indexOf('<|end|>'),
    pad_token_id: SPECIAL_TOKENS.indexOf('<|endoftext|>'),
  };
}
