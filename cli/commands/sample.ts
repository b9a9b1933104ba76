// `lab sample`: what a model answers when it is asked many times.
import { randomStream } from '../../src/core/random.ts';
import type { SampleEvent } from '../../src/lab/jobs/sample.ts';
import type { Command } from '../command.ts';
import { runJobAt, workplace } from '../jobs.ts';
import { writeResult, writeText } from '../terminal.ts';

export const command: Command = {
  usage:
    'sample --prompt TEXT --n N [--temperature T] [--max-tokens N] [--json] [--model DIR] [--adapter DIR]',
  description: [
    'Asks the model the prompt N times and prints one answer per line in random order, line breaks',
    'within an answer as \\n; with --json {"n","cut","answers":[{"text","count"}…]}, the most frequent',
    'first, where `cut` counts answers that had not ended after --max-tokens (default 64). The answers',
    'are independent draws at the temperature (default 1); equal beginnings are computed once.',
  ].join('\n'),
  options: {
    prompt: { value: 'TEXT', help: 'what the model is asked' },
    n: { value: 'N', help: 'how many answers (default 1)' },
    temperature: { value: 'T', help: 'what logits are divided by (default 1)' },
    'max-tokens': { value: 'N', help: 'the longest answer (default 64)' },
    json: { help: 'counts instead of lines' },
  },
  async run(args, terminal) {
    const n = args.integer('n', 1);
    const seed = args.integer('seed', 11);
    const input = {
      prompt: args.requiredText('prompt'),
      n,
      seed,
      temperature: args.number('temperature', 1),
      max_tokens: args.integer('max-tokens', 64),
    };
    const place = await workplace(args);
    await runJobAt(place, { kind: 'sample', input }, async ({ answers, cut }) => {
      if (args.flag('json')) return writeResult(terminal, args, { n, cut, answers });
      return writeText(terminal, args, lines(answers, seed));
    });
  },
};

/** Grouped answers would suggest an order of their own. */
function lines(answers: SampleEvent['answers'], seed: number): string {
  const all = answers.flatMap(({ text, count }) => {
    const line = text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
    return new Array<string>(count).fill(line);
  });
  return randomStream(seed, 'order of answers')
    .shuffle(all)
    .map((line) => `${line}\n`)
    .join('');
}
