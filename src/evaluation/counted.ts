// Numbers of things as a person reads them.

/** `1,000`. */
export const count = (number: number): string => number.toLocaleString('en-US');

/** `140K`: two digits. */
export const roundly = (number: number): string =>
  number.toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 2 });

/** `1 prompt`, `32 prompts`. */
export const counted = (number: number, noun: string): string =>
  `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
