// `lab sample`: what a model answers when it is asked many times.
import { randomStream } from '../../src/core/random.ts';
import { MOST_DRAWN, MOST_TOKENS, type SampleEvent } from '../../src/lab/jobs/sample.ts';
import { defineCommand } from '../command.ts';
import { runJobAt, workplace } from '../jobs.ts';
import { flag, kinds, option, required } from '../options.ts';
import { DATE_OPTION } from '../target-options.ts';
import { writeResult, writeText } from '../terminal.ts';

export const command = defineCommand({
  description: [
    'Asks the model the prompt N times and prints one answer per line in random order, line breaks',
    'within an answer as \\n; with --json {"n","cut","answers":[{"text","count"}…]}, the most frequent',
    'first, where `cut` counts answers that had not ended after --max-tokens (default 64). The answers',
    'are independent draws at the temperature (default 1); equal beginnings are computed once.',
  ].join('\n'),
  options: {
    prompt: required(option('TEXT', 'what the model is asked', kinds.some)),
    n: option('N', 'how many answers', kinds.whole({ from: 1, to: MOST_DRAWN }), 1),
    temperature: option('T', 'what logits are divided by', kinds.number({ above: 0 }), 1),
    'max-tokens': option('N', 'the longest answer', kinds.whole({ from: 1, to: MOST_TOKENS }), 64),
    json: flag('counts instead of lines'),
    ...DATE_OPTION,
  },
  async run(options, terminal) {
    const { prompt, n, seed, temperature, 'max-tokens': max_tokens, date } = options;
    const input = { prompt, n, seed, temperature, max_tokens, date };
    const place = await workplace(options);
    await runJobAt(place, { kind: 'sample', input }, async (event) => {
      if (event.type === 'note') return terminal.notify(`note: ${event.message}\n`);
      const { answers, cut } = event;
      if (options.json) return writeResult(terminal, options, { n, cut, answers });
      return writeText(terminal, options, lines(answers, seed));
    });
  },
});

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
