// `npm run lab -- COMMAND`: the lab without a page. Runs cli/main.ts as it is, without a build.
import { register } from 'tsx/esm/api';
import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
register();
await import('../cli/main.ts');
