// A user's own prompts, questions and texts for the evaluations, read from files.
import { OWN_DATA } from '../../evaluation/names.ts';
import type { OwnData } from '../../evaluation/own-data.ts';
import { distinctName } from '../../evaluation/records.ts';
import { readTextFile } from '../../evaluation/text-file.ts';
import type { Experiment } from './experiment.ts';

export type UserData = Experiment['evaluation']['data'];
export type UserDataKind = keyof UserData;

const KINDS: Readonly<Record<UserDataKind, OwnData>> = OWN_DATA;

/**
 * What files hold, all of one kind and in their order; `.gz` is unpacked.
 * @throws InputError naming file, line and field
 */
export async function readUserData(
  kind: UserDataKind,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<UserData> {
  const parts: object[] = [];
  for (const { name, bytes } of files) {
    parts.push(...KINDS[kind].read(await readTextFile(bytes, name), name));
  }
  // The readers give what the schema of experiments asks for; it is checked once more when it is run.
  return { [kind]: distinct(parts) };
}

/** Two files may number their records alike, or have one name. */
function distinct(parts: readonly object[]): object[] {
  const taken = new Set<string>();
  return parts.map((part) => {
    if ('id' in part) return { ...part, id: distinctName(String(part.id), taken) };
    return 'name' in part ? { ...part, name: distinctName(String(part.name), taken) } : part;
  });
}

/** How many records each kind holds, for people. */
export function countUserData(data: UserData, kind: UserDataKind): number {
  const entries = data[kind] ?? [];
  return KINDS[kind].count?.(entries) ?? entries.length;
}
