/** Where the code names an evaluation or a method outside its own files. */
export function mentions(): { key: string; file: string; lines: string[] }[];
