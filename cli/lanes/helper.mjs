// Where a helper's thread begins: it runs the TypeScript of helper.ts as it is.
import { register } from 'tsx/esm/api';

register();
await import('./helper.ts');
