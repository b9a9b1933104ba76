// The tree of answers by keyboard alone: walked, drawn from, moved by a training step, and its figures
// held to those of the command line.
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { totalVariation } from '../../src/core/scoring/total-variation.ts';
import { temporaryFolder } from '../support/golden-jobs.ts';
import { result } from '../unit/cli/run.ts';
import { violations } from './accessibility.ts';
import { press } from './keyboard.ts';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const BUILTIN = fileURLToPath(new URL('../../public/models/builtin', import.meta.url));
const golden = (path: string) => fileURLToPath(new URL(`../golden/${path}`, import.meta.url));

/** [branches][target, soft, hard] of the table. */
const shares = async (page: Page) =>
  (await page.locator('.table tbody tr').allInnerTexts()).map((row) =>
    row.split(/\s+/).slice(-3).map(Number),
  );

const nextTokens = (page: Page) =>
  page.getByRole('group', { name: 'Next tokens' }).getByRole('button').allTextContents();

interface Node {
  /** [branches][target, soft, hard] */
  readonly shares: readonly (readonly number[])[];
  /** [branches] null where one ends an answer. */
  readonly children: readonly (Node | null)[];
}

/** Walks all that comes after where the page is, and back. @param way the tokens up to there */
async function walked(page: Page, way: readonly string[] = []): Promise<Node> {
  const after = way.length === 0 ? 'How answers begin' : `After “${way.join('')}”`;
  await page
    .getByRole('status')
    .filter({ hasText: `${after}: ` })
    .waitFor();
  // What was pressed is gone then; the focus is where the next thing to press is.
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  if (way.length > 0) expect(focused).toBe('Next tokens');
  const here = await shares(page);
  const tokens = await nextTokens(page);
  const beginning = page
    .getByRole('navigation', { name: 'Beginning of the answer' })
    .getByRole('button');
  const children: Node[] = [];
  for (const token of tokens) {
    await press(page, `Go on with ${token}`);
    children.push(await walked(page, [...way, token]));
    await press(page, beginning.nth(way.length), 'Shift+Tab');
  }
  const ends = here.length - tokens.length;
  return { shares: here, children: [...Array<null>(ends).fill(null), ...children] };
}

describe.skipIf(!existsSync(BUILTIN))('the tree of answers', () => {
  const open = pagesFrom(servePage);

  test('has the probabilities of `lab targets --full` and of the exact score', async () => {
    const asked = ['--family', 'poisson', '--params', 'lambda=4', '--decimals', '0'];
    const { probabilities, prefixes } = await result<{
      probabilities: number[];
      prefixes: { prefix: number[]; next: number[]; probabilities: number[] }[];
    }>(['targets', ...asked, '--tokenizer', BUILTIN, '--full']);
    const { tv, nodes } = await result<{ tv: number; nodes: number }>([
      ...['exact', ...asked, '--model', BUILTIN],
    ]);

    const page = await open('#trie&ask=poisson', {}, 'no WebGPU');
    await page.getByText(/^step 0 of 40/).waitFor();
    const root = await walked(page);

    // Both at once: what the page says of each beginning, and how likely the model makes each answer.
    const answers: number[] = [];
    let count = 0;
    const compare = (node: Node, prefix: readonly number[], soFar: number) => {
      count++;
      const full = prefixes.find((one) => one.prefix.join(' ') === prefix.join(' '))!;
      expect(node.shares.map(([target]) => target)).toEqual(
        full.probabilities.map((share) => Number(share.toFixed(4))),
      );
      node.shares.forEach(([, soft, hard], i) => {
        expect(soft).toBe(hard);
        const child = node.children[i]!;
        if (child) compare(child, [...prefix, full.next[i]!], soFar * soft!);
        else answers.push(soFar * soft!);
      });
    };
    compare(root, [], 1);
    expect(count).toBe(nodes);
    expect(count).toBe(prefixes.length);
    // The answers come in another order: by their beginnings. “10” and “11” are after “1”.
    const order = [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9];
    const model = probabilities.map((_, answer) => answers[order.indexOf(answer)]!);
    const valid = model.reduce((sum, share) => sum + share, 0);
    // The table has four decimals.
    expect(totalVariation(probabilities, model, 1 - valid)).toBeCloseTo(tv, 3);
  });

  test('is walked by keyboard, and one training step moves its widths', async () => {
    const page = await open('#trie&ask=die', {}, 'no WebGPU');
    await page.getByText(/^step 0 of 40/).waitFor();
    const before = await shares(page);
    expect(before.map(([target]) => target)).toEqual(Array(6).fill(0.1667));
    // The rate of the first step is 0: the schedule warms up.
    for (const step of [1, 2, 3]) {
      await press(page, 'One training step');
      await page.getByText(new RegExp(`^step ${step} of 40`)).waitFor();
    }
    const after = await shares(page);
    expect(after.map(([target]) => target)).toEqual(before.map(([target]) => target));
    expect(after).not.toEqual(before);

    await press(page, 'Draw one answer', 'Shift+Tab');
    await page.getByText(/^Drawn: “[1-6]”/).waitFor();
    await press(page, 'Follow it one token');
    await page
      .getByRole('status')
      .getByText(/^After “[1-6]”: 1 next token$/)
      .waitFor();
    expect((await shares(page)).map(([target]) => target)).toEqual([1]);
    await press(page, 'start');
    await press(page, 'Go on with 3');
    await page
      .getByRole('status')
      .getByText(/^After “3”: 1 next token$/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    // Leaving for the stage takes the race along.
    await press(page, 'The other steps', 'Shift+Tab');
    await page.getByText(/^step 40 of 40/).waitFor();
  });

  test('shows how another tokenizer cuts the same answers, and follows another question', async () => {
    const page = await open('#trie', {}, 'no WebGPU');
    await page.getByText(/^step 0 of 40/).waitFor();
    const cutBy = page.getByLabel('cut by');
    await cutBy.selectOption('that of another model …');
    // Its tokenizer keeps “12” as one token.
    const folder = join(await temporaryFolder(), 'pairs');
    await cp(golden('tokenizer'), folder, { recursive: true });
    await cp(golden('models/llama/config.json'), join(folder, 'config.json'));
    await page.getByLabel('Choose a folder').setInputFiles(folder);
    await page
      .getByText(
        /^“0\.12” is 0 · \. · 1 · 2 \(4 tokens\) to this model and 0 · \. · 12 \(3 tokens\) to pairs\./,
      )
      .waitFor();
    // The tree is another: after “0.” there is “12” now.
    expect(await nextTokens(page)).toContain('12');
    expect((await shares(page)).every(([, soft]) => Number.isNaN(soft))).toBe(true);
    expect(await violations(page)).toEqual([]);

    // Of other answers it has said nothing, nor was one of them drawn.
    await page.getByRole('button', { name: 'Draw one answer' }).click();
    await page.getByText(/^Drawn: “0\.\d+”/).waitFor();
    await page.getByRole('combobox', { name: 'What is asked for' }).selectOption('die');
    // What was walked through stays until there is another tree; a die has no 0 in it.
    await page.getByRole('button', { name: 'Go on with 0' }).first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Go on with 6' }).waitFor();
    expect(await page.getByText(/to pairs\.|^Drawn/).count()).toBe(0);
    expect(await cutBy.inputValue()).toBe('');
    expect((await shares(page)).every(([, soft]) => soft! > 0)).toBe(true);
  });

  test('the lab, left before it has asked the model, takes nothing from the tree', async () => {
    const page = await open('#lab', {}, 'no WebGPU');
    await page.locator('[aria-labelledby="preview-title"] svg').waitFor();
    await page.getByRole('link', { name: 'Tree', exact: true }).click();
    await page.getByText(/^step 0 of 40/).waitFor({ timeout: 60_000 });
  });
});
