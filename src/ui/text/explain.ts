// An error in the words of the page.
import type { LabError } from '../../lab/lab-error.ts';
import { sentence } from './format.ts';

/** Below its field, whose path need not be repeated. */
export function beside({ field, message, ...error }: LabError): string {
  const repeats = field !== undefined && message.startsWith(`${field} `);
  return explain({
    ...error,
    message: repeats ? `this ${message.slice(field.length + 1)}` : message,
  });
}

/** What happened and what to do. Of a fault of the lab's own, what the machine said is quoted last. */
export const explain = ({ kind, message, advice }: Omit<LabError, 'field'>): string =>
  kind === 'bug'
    ? `Something went wrong. ${sentence(advice)} The message was: “${message}”`
    : `${sentence(message)} ${sentence(advice)}`;
