// Prompts to answer, the project's own or a user's.
import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import { checkRecord, jsonLines, jsonList, name, text, type SourcedValue } from './records.ts';

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
  const values = lines ? jsonLines(content, source) : jsonList(content, source);
  const seen = new Set<string>();
  return values.map((value) => {
    const prompt = promptOf(value);
    if (seen.has(prompt.id)) {
      throw new InputError(
        `${value.place}: id repeats ${JSON.stringify(prompt.id)}`,
        'Give every prompt an id of its own, or none.',
        `${value.number}.id`,
      );
    }
    seen.add(prompt.id);
    return prompt;
  });
}

function promptOf(entry: SourcedValue): Prompt {
  const { value, number } = entry;
  const record = typeof value === 'string' ? { ...entry, value: { prompt: value } } : entry;
  const { id = `${number}`, prompt } = checkRecord(PromptRecord, record);
  return { id, prompt };
}
