// Files that come piece by piece, put together.
import { strToU8 } from 'fflate';
import type { ZippedFiles } from './zip.ts';

type Content = string | Uint8Array<ArrayBuffer>;

export function joinedPieces() {
  const pieces = new Map<string, Uint8Array<ArrayBuffer>[]>();
  return {
    add(name: string, content: Content) {
      const bytes = typeof content === 'string' ? strToU8(content) : content;
      pieces.set(name, [...(pieces.get(name) ?? []), bytes]);
    },
    all: (): ZippedFiles => new Map([...pieces].map(([name, parts]) => [name, joined(parts)])),
  };
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
