// Brings a part of the page into view, for the eye and for the keyboard.
export function toTop(part: HTMLElement | null | undefined): void {
  part?.scrollIntoView();
  part?.focus({ preventScroll: true });
}
