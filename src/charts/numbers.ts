// Numbers as a person reads them, in charts and beside them.

// Kept, since a live chart writes thousands of figures a second and making a format costs more than
// using it.
const [whole, tenths, upToSeven] = [0, 1, 7].map(
  (digits) => new Intl.NumberFormat('en', { maximumFractionDigits: digits }),
) as [Intl.NumberFormat, Intl.NumberFormat, Intl.NumberFormat];

/** Three significant digits; tiny and huge numbers in scientific notation; `–` where there is none. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return scientific(value);
  return upToSeven.format(Number(value.toPrecision(3))).replace('-', '−');
}

function scientific(value: number): string {
  const [digits, exponent] = value.toExponential(1).split('e') as [string, string];
  const raised = [...String(Number(exponent))].map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)] ?? '⁻').join('');
  return `${digits.replace('-', '−')}×10${raised}`;
}

/** `34 %`; below a tenth of a percent it says so. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || Number.isNaN(share)) return '–';
  const hundredths = share * 100;
  if (hundredths > 0 && hundredths < 0.1) return '< 0.1 %';
  if (hundredths > 99.9 && hundredths < 100) return '> 99.9 %';
  return `${(hundredths < 10 ? tenths : whole).format(hundredths)} %`;
}
