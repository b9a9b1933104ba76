// How much memory the lab may count on.
import type { Environment } from '../events.ts';

const GIB = 2 ** 30;

/** What 32-bit WebAssembly can address. */
const WASM_LIMIT = 4 * GIB;

/** Where the browser does not tell; also what it says at most of larger machines. */
const USUAL_GIB = 8;

/** The rest is for the page, the browser and everything else that is open. */
const SHARE = 0.75;

/**
 * Bytes. Browsers say nothing of a graphics card's own memory; most share the machine's.
 * @param deviceMemory of `navigator`, in GiB and rounded, where the browser has it
 */
export function machineMemory(
  backend: Environment['backend'],
  deviceMemory = (navigator as { deviceMemory?: number }).deviceMemory,
): number {
  const share = SHARE * (deviceMemory ?? USUAL_GIB) * GIB;
  return backend === 'wasm' ? Math.min(WASM_LIMIT, share) : share;
}
