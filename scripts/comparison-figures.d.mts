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
