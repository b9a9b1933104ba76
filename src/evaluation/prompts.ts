// Prompts to answer, the project's own or a user's.
import * as v from 'valibot';
import { distinctBy, nonEmptyText, settings } from '../core/schema.ts';
import type { OwnData } from './own-data.ts';
import { checkRecord, identified, jsonLines, jsonList, name, text } from './records.ts';

export interface Prompt {
  readonly id: string;
  readonly prompt: string;
}

const PromptRecord = v.object(
  { id: v.optional(name), prompt: text },
  'a text or an object with a prompt',
);

/**
 * A user's prompts: JSON Lines where the file's name ends in `.jsonl` (or `.jsonl.gz`), else a JSON
 * list. Each is a text or an object `{"prompt": …, "id": …}`, in which other fields are ignored, as in
 * NoveltyBench's files; without an id it gets its line or entry number.
 * @param content the file's text
 * @throws InputError naming line and field
 */
export function parsePrompts(content: string, source: string): Prompt[] {
  const lines = /\.jsonl(\.gz)?$/i.test(source);
  return identified(lines ? jsonLines(content, source) : jsonList(content, source), (entry) => {
    const { value } = entry;
    const record = typeof value === 'string' ? { ...entry, value: { prompt: value } } : entry;
    return checkRecord(PromptRecord, record);
  });
}

/** A user's prompts in place of the lab's. */
export const ownPrompts = (words: Pick<OwnData, 'noun' | 'format' | 'help'>): OwnData<Prompt> => ({
  ...words,
  accept: '.json,.jsonl,.gz',
  schema: distinctBy('id', settings({ id: nonEmptyText(), prompt: nonEmptyText() })),
  read: parsePrompts,
});
