// Types of firefox.mjs.
export declare function findFirefox(): string | undefined;
