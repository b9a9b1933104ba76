// Choices to start from.
type Example = {
  readonly name: string;
  readonly prompt: string;
  readonly choices: readonly (readonly [value: string, weight: number])[];
};

const evenly = (...values: string[]) => values.map((value) => [value, 1] as const);

export const CHOICE_EXAMPLES: readonly Example[] = [
  {
    name: 'A coin',
    prompt: 'Flip a coin. Output ONLY heads or tails.',
    choices: evenly('heads', 'tails'),
  },
  {
    name: 'A die',
    prompt: 'Roll a six-sided die. Output ONLY the number.',
    choices: evenly('1', '2', '3', '4', '5', '6'),
  },
  {
    name: 'A fruit',
    prompt: 'Pick a random fruit. Output ONLY the answer.',
    choices: evenly('apple', 'banana', 'orange', 'grape', 'mango', 'pear', 'cherry', 'kiwi'),
  },
  {
    name: 'A weekday',
    prompt: 'Pick a random day of the week. Output ONLY the answer.',
    choices: evenly('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'),
  },
];
