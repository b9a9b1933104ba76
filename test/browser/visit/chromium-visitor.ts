// A person at a page in Chromium, by Playwright.
import { readFile } from 'node:fs/promises';
import { type Browser, chromium, type Frame, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../../../scripts/chromium.mjs';
import { OTHER_HOST } from './host.ts';
import { type Role, Visitor } from './visitor.ts';

export async function startChromium() {
  const { args, ...options } = chromiumLaunchOptions();
  const rules = `--host-resolver-rules=MAP ${OTHER_HOST} 127.0.0.1`;
  const browser = await chromium.launch({ ...options, args: [...args, rules] });
  return {
    visit: (home: string): Promise<Visitor> => ChromiumVisitor.arrive(browser, home),
    close: () => browser.close(),
  };
}

class ChromiumVisitor extends Visitor {
  /** What is looked at. */
  private place: Page | Frame;

  private constructor(
    home: string,
    private readonly page: Page,
  ) {
    super(home);
    this.place = page;
    page.on('pageerror', this.onPageError);
    page.setDefaultTimeout(60_000);
  }

  static async arrive(browser: Browser, home: string): Promise<ChromiumVisitor> {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    return new ChromiumVisitor(home, await context.newPage());
  }

  async go(address: string) {
    await this.page.goto(this.home + address);
  }
  async reload() {
    await this.page.reload();
  }
  async close() {
    await this.page.context().close();
  }
  async enterFrame() {
    const frame = await this.page.locator('iframe').elementHandle();
    this.place = (await frame!.contentFrame())!;
  }
  async press(role: Role, name: string) {
    await this.place.getByRole(role, { name, exact: true }).first().click();
  }
  async write(label: string, text: string) {
    await this.place.getByRole('textbox', { name: label, exact: true }).fill(text);
    await this.page.keyboard.press('Tab');
  }
  evaluate<T, A>(inPage: (argument: A) => T, argument?: A) {
    return this.place.evaluate(inPage as never, argument) as Promise<Awaited<T>>;
  }
  async bring(label: string, paths: readonly string[]) {
    await this.place
      .getByLabel(label)
      .first()
      .setInputFiles([...paths]);
  }
  async downloadBytes(button: string) {
    const downloading = this.page.waitForEvent('download');
    await this.press('button', button);
    return readFile(await (await downloading).path());
  }
}
