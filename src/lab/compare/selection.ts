// Which arms of which runs are compared, as the page's address says it.

/** One arm of one stored run. */
export interface ArmChoice {
  readonly run: string;
  readonly arm: string;
}

export interface Selection {
  readonly choices: readonly ArmChoice[];
  /** Place of the column that the others are compared with. */
  readonly against: number;
  /** Whether runs that differ in nothing but their seed make one column. */
  readonly joined: boolean;
}

export const EMPTY_SELECTION: Selection = { choices: [], against: 0, joined: true };

/** The fragment (without `#`), e.g. `compare&run=3f2a…:soft,hard&against=1`. */
export function encodeSelection({ choices, against, joined }: Selection): string {
  const byRun = new Map<string, string[]>();
  for (const { run, arm } of choices) byRun.set(run, [...(byRun.get(run) ?? []), arm]);
  const runs = [...byRun].map(([run, arms]) => {
    const names = arms.map(encodeURIComponent).join(',');
    return `&run=${encodeURIComponent(run)}:${names}`;
  });
  const rest = (against > 0 ? `&against=${against}` : '') + (joined ? '' : '&seeds=apart');
  return `compare${runs.join('')}${rest}`;
}

/** The comparison that a fragment (with or without `#`) names; null if it names something else. */
export function decodeSelection(fragment: string): Selection | null {
  const [head, ...parts] = fragment.replace(/^#/, '').split('&');
  if (head !== 'compare') return null;
  const choices: ArmChoice[] = [];
  let { against, joined } = EMPTY_SELECTION;
  for (const part of parts) {
    const [name, value = ''] = split(part, '=');
    if (name === 'run') addArms(choices, value);
    if (name === 'against' && /^\d{1,3}$/.test(value)) against = Number(value);
    if (name === 'seeds') joined = value !== 'apart';
  }
  return { choices, against, joined };
}

function addArms(choices: ArmChoice[], value: string): void {
  const [runPart = '', armsPart = ''] = split(value, ':');
  const run = decoded(runPart);
  // Decoded one by one: a comma inside a name is not one between names.
  for (const arm of armsPart.split(',').map(decoded)) {
    const known = choices.some((choice) => choice.run === run && choice.arm === arm);
    if (run !== '' && arm !== '' && !known) choices.push({ run, arm });
  }
}

/** At the first separator. */
function split(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** A link is untrusted: what cannot be decoded stands for itself and will match no run. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
