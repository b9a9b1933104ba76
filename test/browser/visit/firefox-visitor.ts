// A person at a page in Firefox, by Puppeteer over WebDriver BiDi.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, {
  type BrowserContext,
  type ElementHandle,
  type Frame,
  type Page,
} from 'puppeteer-core';
import { OTHER_HOST } from './host.ts';
import { type Role, Visitor } from './visitor.ts';

export async function startFirefox(executablePath: string) {
  const downloads = await mkdtemp(join(tmpdir(), 'lab-downloads-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    extraPrefsFirefox: {
      'browser.download.dir': downloads,
      'browser.download.folderList': 2,
      'network.dns.localDomains': OTHER_HOST,
      'ui.prefersReducedMotion': 1,
    },
    protocolTimeout: 240_000,
  });
  return {
    visit: (home: string): Promise<Visitor> =>
      browser.createBrowserContext().then((it) => FirefoxVisitor.arrive(it, home, downloads)),
    async close() {
      await browser.close();
      await rm(downloads, { recursive: true, force: true });
    },
  };
}

class FirefoxVisitor extends Visitor {
  /** What is looked at. */
  private place: Page | Frame;

  private constructor(
    home: string,
    private readonly page: Page,
    private readonly downloads: string,
  ) {
    super(home);
    this.place = page;
    page.on('pageerror', this.onPageError);
    page.setDefaultTimeout(60_000);
  }

  static async arrive(context: BrowserContext, home: string, downloads: string) {
    return new FirefoxVisitor(home, await context.newPage(), downloads);
  }

  async go(address: string) {
    await this.page.goto(this.home + address);
  }
  async reload() {
    await this.page.reload();
  }
  async close() {
    await this.page.browserContext().close();
  }
  async enterFrame() {
    this.place = (await (await this.page.waitForSelector('iframe'))!.contentFrame())!;
  }
  async press(role: Role, name: string) {
    // Waits until it stays where it is: the page may still be putting things above it.
    await (await this.#find(role, name)).asLocator().click();
  }
  async write(label: string, text: string) {
    const field = await this.#find('textbox', label);
    await field.evaluate((element) => (element as HTMLInputElement).select());
    await field.type(text);
    await this.page.keyboard.press('Tab');
  }
  evaluate<T, A>(inPage: (argument: A) => T, argument?: A) {
    return this.place.evaluate(inPage as never, argument as never) as Promise<Awaited<T>>;
  }
  async bring(label: string, paths: readonly string[]) {
    const field = await this.place.waitForSelector(
      `::-p-xpath(//label[contains(., ${JSON.stringify(label)})]//input)`,
    );
    await (field as ElementHandle<HTMLInputElement>).uploadFile(...paths);
  }
  async downloadBytes(button: string) {
    const before = new Set(await readdir(this.downloads));
    await this.press('button', button);
    for (let tries = 0; tries < 1200; tries++) {
      const names = await readdir(this.downloads);
      const fresh = names.filter((name) => !before.has(name));
      // A file is empty, and has a companion, until all of it has come.
      if (fresh.length > 0 && !names.some((name) => name.endsWith('.part'))) {
        const bytes = await readFile(join(this.downloads, fresh[0]!));
        if (bytes.length > 0) return bytes;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${button} saved nothing`);
  }

  async #find(role: string, name: string) {
    const found = await this.place.waitForSelector(
      `::-p-aria([name=${JSON.stringify(name)}][role="${role}"])`,
    );
    if (!found) throw new Error(`there is no ${role} ${name}`);
    return found;
  }
}
