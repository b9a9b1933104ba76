/** A line of a comparison.csv: all texts, empty where there is nothing. */
export type Figure = Readonly<
  Record<
    | 'column'
    | 'part'
    | 'group'
    | 'figure'
    | 'value'
    | 'low'
    | 'high'
    | 'difference'
    | 'difference_low'
    | 'difference_high',
    string
  >
>;
export function figuresOfStudy(study: string): readonly Figure[];
export function linesOf(csv: string): readonly Figure[];
/** @param prompts lines of a comparison-prompts.csv */
export function byKind(prompts: readonly Readonly<Record<string, string>>[]): readonly Figure[];
