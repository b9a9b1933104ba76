// A file of an exported folder, made piece by piece so that none of it need be in memory whole.

/** The next part of a file: pieces of one name follow each other and are joined. */
export interface FilePiece {
  /** Relative to the folder, with `/` between its parts. */
  readonly name: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** A piece is handed over when it has come to so many characters: lines of sampled answers are short, and what they leave behind is not. */
const PIECE = 2 ** 14;
/** A shard ends with the line that reaches so many: small enough for any editor and any upload. */
const SHARD = 2 ** 26;

/**
 * Objects as JSON lines, in `STEM.jsonl` and, as each is full, `STEM-00001.jsonl` and so on.
 * @returns the names of the files
 */
export async function* writtenLines(
  stem: string,
  lines: Iterable<object> | AsyncIterable<object>,
  shard = SHARD,
): AsyncGenerator<FilePiece, string[]> {
  const names = [`${stem}.jsonl`];
  let [buffer, size] = ['', 0];
  const piece = () => ({ name: names.at(-1)!, content: buffer });
  for await (const line of lines) {
    if (size >= shard) {
      yield piece();
      names.push(`${stem}-${String(names.length).padStart(5, '0')}.jsonl`);
      [buffer, size] = ['', 0];
    }
    const text = `${JSON.stringify(line)}\n`;
    buffer += text;
    size += text.length;
    if (buffer.length < PIECE) continue;
    yield piece();
    buffer = '';
  }
  yield piece(); // a file without lines is a file, too
  return names;
}

/** A JSON file for people to read. */
export const jsonFile = (name: string, value: unknown): FilePiece => ({
  name,
  content: `${JSON.stringify(value, null, 2)}\n`,
});
