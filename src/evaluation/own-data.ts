// A user's own data in place of the lab's: what files of it look like, and how they are read and checked.
import type * as v from 'valibot';

export interface OwnData<Entry extends object = object> {
  /** What a file holds, e.g. `prompts`. */
  readonly noun: string;
  /** What files look like, in a sentence for the form. */
  readonly format: string;
  /** Their endings. */
  readonly accept: string;
  /** What the command's option of this name takes. */
  readonly help: string;
  /** The entries in a configuration. */
  readonly schema: v.GenericSchema<unknown, Entry[]>;
  /** The entries of a file. @throws InputError naming line and field */
  read(content: string, source: string): readonly Entry[];
  /** How many records they hold; one each unless given. */
  count?(entries: readonly Entry[]): number;
}

export type OwnEntries<Data> = Data extends OwnData<infer Entry> ? readonly Entry[] : never;
