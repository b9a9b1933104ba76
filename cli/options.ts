// Which options and words a command takes.

export interface Option {
  /** Placeholder of the value in the help, e.g. `N`; absent for a flag. */
  readonly value?: string;
  readonly help: string;
}

export interface CommandLine {
  /** After `lab`, e.g. `parse number|mcq|open`. */
  readonly usage: string;
  /** Besides the common ones, by name without dashes. */
  readonly options: Readonly<Record<string, Option>>;
  /** How many words it takes besides options, or at least one; none unless given. */
  readonly words?: number | 'some';
}

/** Accepted by every command, used by those for which they mean something. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  backend: { value: 'wasm|cpu|webgpu', help: 'what computes (default wasm)' },
  seed: { value: 'N', help: 'where all randomness starts (default 11)' },
  model: { value: 'DIR|builtin', help: 'a Hugging Face folder (default builtin)' },
  adapter: { value: 'DIR', help: 'a LoRA adapter in PEFT layout' },
  out: { value: 'PATH', help: 'write the result there, not to standard output' },
  progress: { help: 'report progress even if standard error is not a terminal' },
};
