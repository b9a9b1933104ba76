// The entry of `npm run lab`.
import { errorText, runLab } from './lab.ts';
import { processTerminal } from './terminal.ts';

const argv = process.argv.slice(2);

// A reader that leaves (`lab splits | head`) is heard of by whoever writes to standard output next;
// work whose progress nobody reads any longer goes on.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
// Faults outside of any command's control, such as a thread's, end in one line as well.
process.on('uncaughtException', (error) => {
  processTerminal.notify(errorText(error, argv));
  process.exit(1);
});
process.exitCode = await runLab(argv, processTerminal);
