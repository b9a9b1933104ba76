// A user's own prompts, questions and texts for the evaluations, read from files.
import { parseDocuments } from '../../evaluation/documents.ts';
import { parsePrompts } from '../../evaluation/prompts.ts';
import { distinctName } from '../../evaluation/records.ts';
import { readTextFile } from '../../evaluation/text-file.ts';
import { parseQuestions } from '../../evaluation/tiny-benchmarks.ts';
import type { Experiment } from './experiment.ts';

export type UserData = Experiment['evaluation']['data'];
export type UserDataKind = keyof UserData;

/** How each kind of file is read; `source` is its name. */
const READERS = {
  open: parsePrompts,
  novelty: parsePrompts,
  questions: (text: string, source: string) => [
    { name: bareName(source), questions: parseQuestions(text, source) },
  ],
  texts: parseDocuments,
} as const;

/**
 * What files hold, all of one kind and in their order; `.gz` is unpacked.
 * @throws InputError naming file, line and field
 */
export async function readUserData(
  kind: UserDataKind,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<UserData> {
  const parts = [];
  for (const { name, bytes } of files) {
    parts.push(...READERS[kind](await readTextFile(bytes, name), name));
  }
  // The readers give what the schema of experiments asks for; it is checked once more when it is run.
  return { [kind]: distinct(parts) } as UserData;
}

/** Two files may number their records alike, or have one name. */
function distinct(parts: readonly ({ readonly id: string } | { readonly name: string })[]) {
  const taken = new Set<string>();
  return parts.map((part) =>
    'id' in part
      ? { ...part, id: distinctName(part.id, taken) }
      : { ...part, name: distinctName(part.name, taken) },
  );
}

/** `tinyMMLU.jsonl.gz` as `tinyMMLU`. */
const bareName = (source: string) => source.replace(/(\.jsonl?)?(\.gz)?$/i, '') || source;

/** How many records each kind holds, for people. */
export function countUserData(data: UserData, kind: UserDataKind): number {
  if (kind === 'questions') {
    return (data.questions ?? []).reduce((sum, { questions }) => sum + questions.length, 0);
  }
  return data[kind]?.length ?? 0;
}
