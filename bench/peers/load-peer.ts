// The peers by name, each loaded only where it is wanted.
import type { Peer, PeerName } from './peer.ts';

export async function loadPeer(name: PeerName): Promise<Peer> {
  switch (name) {
    case 'lab':
      return (await import('./lab/peer.ts')).labPeer;
    case 'widened':
      return (await import('./widened/peer.ts')).widenedPeer;
    case 'tfjs':
      return (await import('./tfjs/peer.ts')).tfjsPeer;
    case 'jax':
      return (await import('./jax/peer.ts')).jaxPeer;
  }
}
