// A thread of the benchmarks in Node: teaches the thread TypeScript, then starts it.
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
