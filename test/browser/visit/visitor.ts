// A person at a page, in whichever engine: what they see, press, write and take home.
import { expect } from 'vitest';

/** How long something may take to appear, in milliseconds; a run has to load a model and train. */
const PATIENCE_MS = 240_000;

export type Role = 'button' | 'link' | 'checkbox' | 'radio';

export abstract class Visitor {
  /** The address that the others start from, with a slash at its end. */
  constructor(readonly home: string) {}

  abstract go(address: string): Promise<void>;
  abstract reload(): Promise<void>;
  abstract close(): Promise<void>;
  /** Turns to what the page shows in its frame, once that is there. */
  abstract enterFrame(): Promise<void>;
  /** Presses what is called exactly that, once it is there. */
  abstract press(role: Role, name: string): Promise<void>;
  /** Replaces what a field holds. */
  abstract write(label: string, text: string): Promise<void>;
  /** Moves a slider once it is there, as a hand does. */
  async slide(label: string, value: number): Promise<void> {
    await this.evaluate(
      async ([name, to]) => {
        const found = () => document.querySelector<HTMLInputElement>(`[aria-label="${name}"]`);
        while (!found()) await new Promise((resolve) => setTimeout(resolve, 50));
        const slider = found()!;
        slider.value = String(to);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
      },
      [label, value] as const,
    );
  }
  abstract evaluate<T, A = undefined>(
    inPage: (argument: A) => T,
    argument?: A,
  ): Promise<Awaited<T>>;
  /** Gives files of this computer to the field of that name. */
  abstract bring(label: string, paths: readonly string[]): Promise<void>;
  /** What is saved by pressing a button. */
  abstract downloadBytes(button: string): Promise<Buffer>;

  /** The same, as text. */
  async download(button: string): Promise<string> {
    return (await this.downloadBytes(button)).toString('utf8');
  }

  /** Waits until the page shows a text; white space is a space. */
  async sees(text: string | RegExp, patience = PATIENCE_MS): Promise<void> {
    for (const end = Date.now() + patience; ;) {
      const shown = await this.text();
      if (typeof text === 'string' ? shown.includes(text) : text.test(shown)) return;
      if (Date.now() > end) throw new Error(`the page never showed ${text}; it shows: ${shown}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Chooses a value in the list that a label is around, once it is there. */
  choose(label: string, value: string): Promise<void> {
    return this.evaluate(
      async ([name, chosen]) => {
        const labels = () => [...document.querySelectorAll('label')];
        const found = () =>
          labels()
            .find((it) => it.innerText.includes(name))
            ?.querySelector('select');
        while (!found()) await new Promise((resolve) => setTimeout(resolve, 50));
        const list = found()!;
        list.value = chosen;
        list.dispatchEvent(new Event('change', { bubbles: true }));
      },
      [label, value] as const,
    );
  }

  /** All that the page shows. */
  text(): Promise<string> {
    return this.evaluate(() => document.body.innerText.replace(/\s+/g, ' '));
  }

  /** To be told of errors that nobody catches; they fail the test. */
  protected readonly onPageError = (error: unknown) => {
    // Firefox calls what a policy blocks an error; the host is told of those.
    if (String(error).includes('Content-Security-Policy')) return;
    // And so it calls a module that a page asked for and left behind; what a page lacks, its visitor misses.
    if (String(error).includes('A ServiceWorker intercepted the request')) return;
    expect.soft(error, 'an error in the page').toBeUndefined();
  };
}
