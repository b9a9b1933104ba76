// A question with a known right option.

/** The options are shown, and the model chooses a letter. */
export interface ChoiceQuestion {
  readonly kind: 'multiple_choice';
  readonly id: string;
  readonly question: string;
  readonly options: readonly string[];
  /** Index of the right one. */
  readonly answer: number;
}

/** The options are not shown: the likeliest continuation is the model's choice. */
export interface ClozeQuestion {
  readonly kind: 'cloze';
  readonly id: string;
  /** One for each option. */
  readonly endings: readonly { readonly context: string; readonly continuation: string }[];
  readonly answer: number;
}

export type Question = ChoiceQuestion | ClozeQuestion;

/** Questions that are reported together. */
export interface QuestionSet {
  /** E.g. the name of the user's file. */
  readonly name: string;
  readonly questions: readonly Question[];
}

/** Letters of options. */
export const OPTION_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
