// Many random trials of one claim, each from a seed of its own: a few in `npm test`, all on request.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../test-results/campaigns/', import.meta.url));

/**
 * Runs the trials that are missing and returns what all of them came to, in the order of their seeds.
 * With `LAB_CAMPAIGN=20` there are twenty; they are written down one by one in
 * `test-results/campaigns/NAME.jsonl`, so that a campaign which was cut short is gone on with.
 * @param few how many without it; these are always run anew
 */
export async function campaign<Outcome>(
  name: string,
  few: number,
  trial: (seed: number) => Promise<Outcome>,
): Promise<Outcome[]> {
  const asked = Number(process.env.LAB_CAMPAIGN ?? 0);
  const file = `${FOLDER}${name}.jsonl`;
  const known = new Map<number, Outcome>();
  if (asked > 0 && existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
      const { seed, outcome } = JSON.parse(line) as { seed: number; outcome: Outcome };
      known.set(seed, outcome);
    }
  }
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= (asked || few); seed++) {
    const outcome = known.has(seed) ? known.get(seed)! : await trial(seed);
    outcomes.push(outcome);
    if (asked === 0 || known.has(seed)) continue;
    mkdirSync(FOLDER, { recursive: true });
    appendFileSync(file, `${JSON.stringify({ seed, outcome })}\n`);
  }
  return outcomes;
}
