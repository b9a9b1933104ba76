// What JSON.parse lets pass in a header: a key that comes twice, and nesting without end.

/** No header needs more. */
const DEEPEST = 16;

/**
 * What is wrong with a JSON text, to follow its name in a sentence; undefined where nothing is. Says
 * nothing about texts that are no JSON.
 */
export function jsonFault(text: string): string | undefined {
  const open: Set<string>[] = [];
  let last = '';
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const end = closingQuote(text, at);
        last = text.slice(at, end + 1);
        at = end;
        break;
      }
      case '{':
      case '[':
        if (open.length === DEEPEST) return `is nested deeper than ${DEEPEST} levels`;
        open.push(new Set());
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ':': {
        const keys = open.at(-1);
        const key = unquoted(last);
        if (keys === undefined || key === undefined) break;
        if (keys.has(key)) return `names ${JSON.stringify(key)} twice`;
        keys.add(key);
      }
    }
  }
  return undefined;
}

/** Where a text in quotes ends; the end of everything if it does not. */
function closingQuote(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
