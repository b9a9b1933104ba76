// The largest typed array that is made while something runs.

const KINDS = [
  'Uint8Array',
  'Uint16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const;

/**
 * Runs `action` and tells the bytes of the largest typed array that it made by length, or tried to;
 * views of what is there already do not count.
 */
export async function largestAllocation(action: () => Promise<void>): Promise<number> {
  let largest = 0;
  const originals = KINDS.map((kind) => globalThis[kind]);
  for (const [i, kind] of KINDS.entries()) {
    const original = originals[i]!;
    const counted = new Proxy(original, {
      construct(target, args: unknown[], newTarget) {
        if (typeof args[0] === 'number') {
          largest = Math.max(largest, args[0] * original.BYTES_PER_ELEMENT);
        }
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    Object.defineProperty(globalThis, kind, { value: counted, configurable: true, writable: true });
  }
  try {
    await action();
  } finally {
    for (const [i, kind] of KINDS.entries()) {
      const value = originals[i]!;
      Object.defineProperty(globalThis, kind, { value, configurable: true, writable: true });
    }
  }
  return largest;
}
