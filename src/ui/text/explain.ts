// An error in the words of the page: beside its field, the field's path need not be repeated.
import type { LabError } from '../../lab/lab-error.ts';
import { sentence } from './format.ts';

export function explain({ field, message, advice }: LabError): string {
  const repeatsField = field !== undefined && message.startsWith(field);
  return repeatsField ? sentence(advice) : inFull({ message, advice });
}

/** What happened and what to do, for errors that stand by themselves. */
export const inFull = ({ message, advice }: Pick<LabError, 'message' | 'advice'>): string =>
  `${sentence(message)} ${sentence(advice)}`;
