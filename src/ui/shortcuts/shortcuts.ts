// Single keys that do what a button or link on the page does; `?` shows which. A button says its key
// itself, as `aria-keyshortcuts`.
import { flushSync, mount } from 'svelte';
import ShortcutsDialog from './ShortcutsDialog.svelte';
import { areOn } from './wish.ts';

let dialog: { show(): void } | undefined;

/** Does what a key does here, if it does anything. */
export function press(key: string): void {
  if (key === '?') {
    dialog ??= mount(ShortcutsDialog, { target: document.body }) as { show(): void };
    flushSync(); // before the first time its element is not there yet
    dialog.show();
  } else if (areOn() && /^[a-z\d]$/.test(key)) {
    document.querySelector<HTMLElement>(`[aria-keyshortcuts="${key}"]`)?.click();
  }
}
