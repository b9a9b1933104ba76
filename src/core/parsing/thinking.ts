// Thinking traces that models write before, after or instead of their answer.
import { strip } from './python-text.ts';

/** Without `<think>…</think>` blocks and without a block that is never closed; stripped. */
export function stripThinkingTrace(text: string): string {
  return strip(withoutBlocks(text).replace(/<think>.*$/isu, ''));
}

/** Cuts each opening tag to the first closing one after it, in one pass over the tags. */
function withoutBlocks(text: string): string {
  let kept = '';
  let from = 0;
  let open = -1;
  for (const { index, 0: tag } of text.matchAll(/<\/?think>/giu)) {
    if (tag[1] !== '/') {
      if (open < 0) open = index;
    } else if (open >= 0) {
      kept += text.slice(from, open);
      from = index + tag.length;
      open = -1;
    }
  }
  return kept + text.slice(from);
}

/** As above, and without closing tags that nothing opened (chat templates may open them). */
export function stripThinkingTags(text: string): string {
  return strip(stripThinkingTrace(text).replace(/<\/think>/giu, ''));
}

export function hasThinkingTags(text: string): boolean {
  return /<\/?think>/iu.test(text);
}
