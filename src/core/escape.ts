// Foreign text made harmless for where it goes: a spreadsheet, a Markdown document, an XML file.

/** What spreadsheets take for the beginning of a formula, in their own or in full-width letters. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠]/u;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A cell of a CSV file (RFC 4180). What would be a formula begins with an apostrophe, as text does. */
export function csvCell(text: string): string {
  const isFormula = (FORMULA.test(text) && !NUMBER.test(text)) || /^[\t\r]/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return isFormula || /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** In a line of Markdown or a cell of its tables: neither markup, HTML nor a new line. */
export function markdownText(text: string): string {
  return (
    oneLine(text)
      .replace(/[\\`*[\]|~$]/g, '\\$&')
      // Within a word an underscore marks nothing up.
      .replace(/(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\\_')
      .replace(/[&<>]/g, xmlEntity)
      // At a line's beginning, headings, lists, numbers of lists and rules.
      .replace(/^(#+|[-+=])/, '\\$1')
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}

/** A cell that is Markdown of our own, and must not be escaped. */
export interface MarkdownCell {
  readonly markdown: string;
}

export type Cell = string | number | null | undefined | MarkdownCell;

/** The lines of a table; what does not exist is a dash. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): string[] {
  const rule = header.map((): MarkdownCell => ({ markdown: '---' }));
  return [header, rule, ...rows].map((cells) => `| ${cells.map(markdownCell).join(' | ')} |`);
}

function markdownCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'object') return cell.markdown;
  return typeof cell === 'number' ? String(cell) : markdownText(cell);
}

/** Text set as code, within a line. */
export function markdownCode(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = longest > 0 ? ' ' : '';
  return `${fence}${room}${line.replaceAll('|', '\\|')}${room}${fence}`;
}

/** Between the tags of an XML or HTML document, or within its attributes. */
export const xmlText = (text: string): string => text.replace(/[&<>"']/g, xmlEntity);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const xmlEntity = (character: string) => ENTITIES[character] ?? character;

const oneLine = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
