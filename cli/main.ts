// The entry of `npm run lab`.
import { runLab } from './lab.ts';
import { processTerminal } from './terminal.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // e.g. `lab splits | head`
  throw error;
});
process.exitCode = await runLab(process.argv.slice(2), processTerminal);
