// What axe-core finds wrong with a page, in both colour schemes.
import axe from 'axe-core';
import type { Page } from 'playwright';

/** All rules in the light scheme; colours again in the dark one, as nothing else depends on it. */
const SCHEMES = {
  light: {},
  dark: { runOnly: ['color-contrast'] },
} as const satisfies Record<string, axe.RunOptions>;

/** Each violation as one line: the scheme, its rule, where, and what is wrong. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const [colorScheme, options] of Object.entries(SCHEMES)) {
    await page.emulateMedia({ colorScheme: colorScheme as keyof typeof SCHEMES });
    const lines = await page.evaluate(async (rules) => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(rules);
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(
          ({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`,
        ),
      );
    }, options as axe.RunOptions);
    found.push(...lines.map((line) => `${colorScheme}: ${line}`));
  }
  await page.emulateMedia({ colorScheme: null });
  return found;
}
