// Which lessons were guessed rightly and which wrongly, kept in this browser where it keeps anything.

export type Guessed = 'right' | 'wrong';

const KEY = 'lessons';

/** By the number of the lesson. */
export function guesses(): Record<string, Guessed> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    const entries = Object.entries(kept as object).filter(
      ([, guessed]) => guessed === 'right' || guessed === 'wrong',
    );
    return Object.fromEntries(entries) as Record<string, Guessed>;
  } catch {
    return {};
  }
}

export function keepGuess(lesson: number, guessed: Guessed): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...guesses(), [lesson]: guessed }));
  } catch {
    // A browser that keeps nothing still shows the lesson.
  }
}
