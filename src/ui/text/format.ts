// Numbers and times as a person reads them.
import { figure } from '../../charts/numbers.ts';

export { figure, percent } from '../../charts/numbers.ts';
export { count, roundly } from '../../evaluation/counted.ts';

/** A difference: `+0.2`, `−1.5`, or `0`. */
export function signed(difference: number): string {
  return difference > 0 ? `+${figure(difference)}` : figure(difference);
}

/** A difference between shares in percentage points: `+3.1`. */
export function points(difference: number): string {
  const hundredths = difference * 100;
  const size = Math.abs(hundredths);
  if (size < 0.05) return '0';
  return `${hundredths > 0 ? '+' : '−'}${size.toFixed(size < 10 ? 1 : 0)}`;
}

/** `2 min`, of what need not be exact. */
export function span(seconds: number): string {
  if (seconds < 1) return 'a moment';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** `about 2 min`, for estimates. */
export const roughly = (seconds: number): string =>
  seconds < 1 ? span(seconds) : `about ${span(seconds)}`;

/** `1 min 05 s`, for measurements. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  return `${minutes} min ${String(Math.round(seconds) % 60).padStart(2, '0')} s`;
}

export function bytes(count: number): string {
  if (count < 1e6) return `${Math.round(count / 1e3)} kB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

/** `1.1 million`, of parameters. */
export function parameters(count: number): string {
  return count < 1e9
    ? `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} million`
    : `${(count / 1e9).toFixed(2)} billion`;
}

/** Text whose numbers keep their per cent signs on the same line. */
export const unbroken = (text: string): string => text.replaceAll(' %', '\u00a0%');

/** A message from the lab as a sentence of its own. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const first = trimmed[0] as string;
  // Field names such as data.decimals keep their spelling.
  const start = /^[a-z]+[._:]/.test(trimmed) ? first : first.toUpperCase();
  return start + trimmed.slice(1) + (/[.!?…]$/.test(trimmed) ? '' : '.');
}
