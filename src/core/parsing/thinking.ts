// Thinking traces that models write before, after or instead of their answer.
import { strip } from './python-text.ts';

/** Without `<think>…</think>` blocks and without a block that is never closed; stripped. */
export function stripThinkingTrace(text: string): string {
  return strip(text.replace(/<think>.*?<\/think>/gisu, '').replace(/<think>.*$/isu, ''));
}

/** As above, and without closing tags that nothing opened (chat templates may open them). */
export function stripThinkingTags(text: string): string {
  return strip(stripThinkingTrace(text).replace(/<\/think>/giu, ''));
}

export function hasThinkingTags(text: string): boolean {
  return /<\/?think>/iu.test(text);
}
