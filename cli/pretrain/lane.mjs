// Where a lane's thread begins: it runs the TypeScript of lane.ts as it is.
import { register } from 'tsx/esm/api';

register();
await import('./lane.ts');
