// The settings of a run that any version of the lab may have made.
import { InputError } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';
import { resolveExperiment } from '../experiment/experiment.ts';

export interface ComparedSettings {
  /** All but the arms; with the defaults filled in where this version understands it. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly arms: readonly { readonly name: string; readonly method: string }[];
  /** What a reader should know of them; a whole sentence. */
  readonly note: string | null;
}

export function readSettings(stored: unknown): ComparedSettings {
  try {
    const { arms, ...settings } = resolveExperiment(stored);
    return { settings: settings as Record<string, unknown>, arms, note: null };
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    const { arms, ...settings } = isObject(stored) ? stored : {};
    const note =
      `It was made by another version of the lab, which this one does not fully understand ` +
      `(${thrown.message}); its settings are shown as they were stored.`;
    return { settings, arms: readArms(arms), note };
  }
}

function readArms(stored: unknown): ComparedSettings['arms'] {
  if (!Array.isArray(stored)) return [];
  return stored.filter(isObject).flatMap(({ name, method, ...rest }) => {
    const readable = text(name);
    return readable === null
      ? []
      : [{ ...rest, name: readable, method: text(method) ?? 'unknown' }];
  });
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;
