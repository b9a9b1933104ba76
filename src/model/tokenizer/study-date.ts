// The one date that chat templates are told, so that a prompt is the same on every day.

/** Where an experiment names none: the date that Llama 3's own templates fall back to. */
export const STUDY_DATE = '2024-07-26';

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Whether a text is a day of the calendar, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && day.getTime() === day.getTime() && isoDay(day) === text;
}

const isoDay = (day: Date) => day.toISOString().slice(0, 10);

/**
 * Midnight of the date in the format of Python's `strftime`, in English and at Greenwich whatever the
 * machine's own language and zone are; directives that it does not know stay as they are.
 */
export function strftime(date: string, format: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  const [year, month, dayOfMonth] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  const weekday = day.getUTCDay();
  const dayOfYear = (day.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1;
  const padded = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const parts: Readonly<Record<string, string>> = {
    Y: padded(year, 4),
    y: padded(year % 100),
    m: padded(month + 1),
    B: MONTHS[month]!,
    b: MONTHS[month]!.slice(0, 3),
    h: MONTHS[month]!.slice(0, 3),
    d: padded(dayOfMonth),
    e: String(dayOfMonth).padStart(2, ' '),
    j: padded(dayOfYear, 3),
    A: DAYS[weekday]!,
    a: DAYS[weekday]!.slice(0, 3),
    w: String(weekday),
    u: String(weekday || 7),
    H: '00',
    I: '12',
    M: '00',
    S: '00',
    f: '000000',
    p: 'AM',
    Z: 'UTC',
    z: '+0000',
    F: isoDay(day),
    D: `${padded(month + 1)}/${padded(dayOfMonth)}/${padded(year % 100)}`,
    x: `${padded(month + 1)}/${padded(dayOfMonth)}/${padded(year % 100)}`,
    T: '00:00:00',
    X: '00:00:00',
    R: '00:00',
    '%': '%',
  };
  return format.replace(/%(-?)([A-Za-z%])/g, (directive, bare: string, letter: string) => {
    const part = parts[letter];
    if (part === undefined) return directive;
    return bare ? part.replace(/^[0 ]+(?=.)/, '') : part;
  });
}
