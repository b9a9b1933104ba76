// Exact scores as CSV (RFC 4180): one line per arm and prompt.
import type { Results } from './results.ts';

const COLUMNS = [
  'split',
  'family',
  'id',
  'kl',
  'tv',
  'js',
  'valid_mass',
  'wasserstein_1',
  'reference_logit_kl',
] as const;

/** Numbers in full precision; what does not exist is an empty cell. */
export function resultsCsv({ arms }: Results): string {
  const lines = [['arm', ...COLUMNS].join(',')];
  for (const [name, { exact }] of Object.entries(arms)) {
    for (const row of exact) {
      lines.push([cell(name), ...COLUMNS.map((column) => cell(row[column]))].join(','));
    }
  }
  return lines.join('\r\n') + '\r\n';
}

function cell(value: string | number | null): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (value === null) return '';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
