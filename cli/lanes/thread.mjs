// Where a lane's thread begins: it runs the TypeScript of thread.ts as it is.
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
