// Writes one checkpoint after the other until it is killed; says when the first is there.
import { register } from 'tsx/esm/api';

register();
const { writeCheckpointFile } = await import('../../cli/pretrain/checkpoint.ts');

const path = process.argv[2];
for (let step = 1; ; step++) {
  const values = new Float32Array(300_000).fill(step);
  const moments = { step, first: values, second: values };
  await writeCheckpointFile(path, {
    recipe: 'test',
    seconds: step,
    tokens: step,
    losses: [[step, step]],
    state: {
      step,
      promptTokens: step,
      answerTokens: step,
      dropout: [step, step, step, step],
      optimizer: moments,
      parameters: new Map([['weight', { shape: [300_000], values }]]),
    },
  });
  if (step === 1) process.send('written');
}
