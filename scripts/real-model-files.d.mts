export const REAL_FILES: Readonly<Record<'smollm2' | 'gemma3', string>>;
export function whyAbsent(path: string): string;
