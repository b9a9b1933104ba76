// Runs a command line inside the test, with standard input and outputs as strings.
import { runLab } from '../../../cli/lab.ts';

export interface Run {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

export async function lab(line: readonly string[], input: string | Uint8Array = ''): Promise<Run> {
  let [output, errors] = ['', ''];
  const status = await runLab(line, {
    // In two chunks, cut anywhere, as a pipe would deliver it.
    input: (async function* () {
      await Promise.resolve();
      const bytes = Buffer.from(input);
      yield bytes.subarray(0, 5);
      yield bytes.subarray(5);
    })(),
    write: (text) => {
      output += text;
      return Promise.resolve();
    },
    notify: (text) => void (errors += text),
    watched: false,
  });
  return { status, output, errors };
}

/** The result of a command that must succeed quietly. */
export async function result<Shape>(line: readonly string[], input = ''): Promise<Shape> {
  const { status, output, errors } = await lab(line, input);
  if (status !== 0 || errors !== '') throw new Error(`status ${status}: ${errors}`);
  return JSON.parse(output) as Shape;
}
