export const PROSE: string;
export function renderedProse(): Promise<string>;
export function rendered(template: string, comparisonOf: (study: string) => string): string;
