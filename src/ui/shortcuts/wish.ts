// Whether a person wants single keys to do anything; they do unless turned off.

const OFF = 'no-shortcuts';

let on = kept(() => localStorage.getItem(OFF) === null) ?? true;

export const areOn = (): boolean => on;

export function turn(wanted: boolean): void {
  on = wanted;
  kept(() => (wanted ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, 'yes')));
}

/** Undefined where a browser keeps nothing: the wish then lasts as long as the page. */
function kept<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
