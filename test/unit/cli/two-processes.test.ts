// K5: two processes on one folder, in random interleavings of start, resume, Ctrl-C, kill and delete:
// the results are those of an undisturbed study. `LAB_CAMPAIGN=20` makes it twenty interleavings.
/* eslint-disable @typescript-eslint/no-explicit-any -- what files and databases hold is looked at freely */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import { campaign } from '../../support/campaign.ts';

const LAB = fileURLToPath(new URL('../../../scripts/lab.mjs', import.meta.url));
const CONFIG = {
  data: {
    families: ['gaussian', 'bernoulli'],
    ...{ prompts_per_family: 2, decimals: 0, bins: 12 },
  },
  arms: [{ method: 'none' }, { method: 'soft', paths: 2 }, { method: 'hard', answers: 2 }],
  training: { steps: 30, batch: 1, lora: { rank: 2, targets: ['q_proj'] } },
  evaluation: { prompts_per_family: 3 },
};
const MOVES = 6;

const lab = (...line: string[]) => spawn(process.execPath, [LAB, 'study', ...line]);
const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (status) => resolve(status)));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** results.json without what depends on the clock. */
async function figuresIn(folder: string): Promise<unknown> {
  const { arms } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'));
  for (const { training } of Object.values<any>(arms)) if (training) training.seconds = 0;
  return arms;
}

test.skipIf(process.env.LAB_CAMPAIGN === undefined)(
  'K5: two processes on one folder come to the results of one',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'two-processes-'));
    const config = join(root, 'config.json');
    await writeFile(config, JSON.stringify(CONFIG));
    const whole = join(root, 'whole');
    expect(await ended(lab('--config', config, '--out', whole))).toBe(0);
    const figures = await figuresIn(whole);

    const outcomes = await campaign('two-processes', 1, async (seed) => {
      const folder = join(root, `seed-${seed}`);
      const random = randomStream(seed, 'two processes');
      const pick = <T>(items: readonly T[]): T =>
        items[Math.floor(random.uniform() * items.length)]!;
      const start = () => lab('--config', config, '--out', folder);
      const resume = () => lab('--resume', folder);
      const running: (ChildProcess | undefined)[] = [undefined, undefined];
      const put = (place: number, child: ChildProcess) => {
        running[place] = child;
        child.once('exit', () => running[place] === child && (running[place] = undefined));
      };
      const moves: string[] = [];
      for (let i = 0; i < MOVES; i++) {
        const place = pick([0, 1]);
        const child = running[place];
        const move = pick(['start', 'resume', 'start', 'interrupt', 'kill', 'delete'] as const);
        moves.push(`${move} ${place}`);
        if (move === 'start' && !child) put(place, start());
        else if (move === 'resume' && !child) put(place, resume());
        else if (move === 'interrupt') child?.kill('SIGINT');
        else if (move === 'kill') child?.kill('SIGKILL');
        else if (move === 'delete')
          await rm(folder, { recursive: true, force: true, maxRetries: 5 });
        await pause(random.uniform() * 5_000);
      }
      for (const child of running) {
        if (!child) continue;
        const gone = ended(child);
        child.kill('SIGKILL');
        await gone;
      }
      // Whatever is left is brought to an end by one process.
      if (!existsSync(join(folder, 'results.json')) || existsSync(join(folder, 'resume.bin'))) {
        const last = existsSync(join(folder, 'resume.bin')) ? resume() : start();
        let said = '';
        last.stderr!.on('data', (text: Buffer) => (said += text.toString()));
        expect(await ended(last), `${moves.join(', ')}: ${said}`).toBe(0);
      }
      const left = (await readdir(folder)).filter((name) => /^lock|\.new$/.test(name));
      return { moves, left, figures: await figuresIn(folder) };
    });
    for (const outcome of outcomes) {
      expect(outcome.figures, outcome.moves.join(', ')).toEqual(figures);
      expect(outcome.left.filter((name) => name.endsWith('.new'))).toEqual([]);
    }
    await rm(root, { recursive: true, force: true });
  },
  7_200_000,
);
