import type { LaunchOptions } from 'playwright';

export function findChromium(): string | undefined;
export function ensureChromium(): string;
export function chromiumLaunchOptions(): LaunchOptions & { args: string[] };
