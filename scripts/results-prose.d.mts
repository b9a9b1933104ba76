import type { Figure } from './comparison-figures.mjs';

export const PROSE: string;
export function renderedProse(): Promise<string>;
export function rendered(template: string, figuresOf: (study: string) => readonly Figure[]): string;
