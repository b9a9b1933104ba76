// What is said once to a person whose Node computes at half the speed of a newer one.
import { fusesProducts } from '../src/tensor/wasm/kernels.ts';
import { processTerminal, type Terminal } from './terminal.ts';

let told = false;

/** On a terminal alone: to a program it means nothing. The present backend is wasm. */
export function hintAtEngine(
  terminal: Pick<Terminal, 'watched' | 'notify'> = processTerminal,
): void {
  if (told || !terminal.watched || fusesProducts()) return;
  told = true;
  terminal.notify(
    `note: Node ${process.versions.node} has no fused multiply-add in WebAssembly; Node 22 or newer computes about twice as fast\n`,
  );
}
