// The real network without the waiting between tries.
import { NETWORK, type Network } from '../../src/model/sources/network.ts';

/** @returns a network, and how long it was asked to wait, in milliseconds */
export function hurriedNetwork(changes: Partial<Network> = {}): Network & { waits: number[] } {
  const waits: number[] = [];
  return {
    ...NETWORK,
    ...changes,
    waits,
    async wait(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
    },
  };
}
