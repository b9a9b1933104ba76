// Texts without a difference between upper and lower case.

/**
 * Unicode's full case folding (CaseFolding.txt, C and F) in composed form: `Straße` and `STRASSE` are
 * one, so are both forms of sigma. The dotless ı stays apart from i, as there. A folded text may be
 * longer than the original: places in one mean nothing in the other.
 */
export const foldCase = (text: string): string =>
  text
    .replace(/[^ı]+/gu, (part) => part.toUpperCase().toLowerCase().replaceAll('ς', 'σ'))
    .normalize('NFC');
