#!/usr/bin/env node
// The command of the package: without words it opens the page, else it is the command line.
import { openPage } from './open-page.ts';

if (process.argv.length > 2) await import('./main.ts');
else await openPage();
