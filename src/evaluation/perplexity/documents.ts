// Texts whose likelihood is measured, the project's own or a user's.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { distinctBy, nonEmptyText, settings } from '../../core/schema.ts';
import type { OwnData } from '../own-data.ts';
import { checkRecord, identified, jsonLines, name, text } from '../records.ts';

export interface Document {
  readonly id: string;
  readonly text: string;
}

const DocumentRecord = v.object({ id: v.optional(name), text }, 'an object with a text');

/**
 * A user's texts: one for each line of JSON Lines (`{"text": …}`, other fields ignored) where the
 * file's name ends in `.jsonl` or `.jsonl.gz`, else the whole file as one.
 * @param content the file's text, unpacked
 * @throws InputError naming line and field, or where there is no text
 */
export function parseDocuments(content: string, source: string): Document[] {
  if (/\.jsonl(\.gz)?$/i.test(source)) {
    return identified(jsonLines(content, source), (line) => checkRecord(DocumentRecord, line));
  }
  if (content.trim() !== '') return [{ id: source, text: content }];
  throw new InputError(`${source}: there is no text`, 'Give a file with text.');
}

/** A user's texts in place of the lab's. */
export const ownTexts: OwnData<Document> = {
  noun: 'texts',
  format: 'Plain text, or JSON Lines with a text each; may be gzipped.',
  accept: '.txt,.jsonl,.gz',
  help: 'texts for perplexity: plain text or JSONL',
  schema: distinctBy('id', settings({ id: nonEmptyText(), text: nonEmptyText() })),
  read: parseDocuments,
};
