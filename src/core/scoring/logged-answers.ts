// Reads the log-probabilities that an OpenAI-shaped API sends with its answers.
import { InputError } from '../errors.ts';

/** A token as an API lists it. */
export interface LoggedToken {
  readonly token: string;
  /** Its UTF-8 bytes, one character each: a token may hold a part of a character. */
  readonly bytes: string;
  /** Natural log-probability given the prompt and the tokens before; at most 0. */
  readonly logProbability: number;
}

/** One answer of an API. */
export interface LoggedAnswer {
  readonly text: string;
  /** In order, each with the most likely tokens in its place (itself among them or not). */
  readonly tokens: readonly (LoggedToken & { readonly top: readonly LoggedToken[] })[];
  /** Whether the model ended the answer, rather than a limit of tokens. */
  readonly ended: boolean;
}

/** Rounding may lift a log-probability so far above 0. */
const ROUNDING = 1e-3;

/**
 * The answers in a response of an OpenAI-shaped API, chat (`choices[].logprobs.content`) or legacy
 * completions (`choices[].logprobs.tokens`), as hosted services, vLLM, llama.cpp and others send it.
 * @param response parsed JSON, untrusted
 * @throws InputError that names the field: no choices, no log-probabilities, or one that is no number
 * @example
 * import { readLogprobs } from 'calibration-lab/scoring';
 *
 * const [answer] = readLogprobs({
 *   choices: [{
 *     message: { content: '7' },
 *     finish_reason: 'stop',
 *     logprobs: { content: [{ token: '7', logprob: -0.5, top_logprobs: [{ token: '3', logprob: -1.2 }] }] },
 *   }],
 * });
 * answer?.text; // => "7"
 * answer?.tokens[0]?.top[0]?.logProbability; // => -1.2
 */
export function readLogprobs(response: unknown): LoggedAnswer[] {
  const { choices } = record(response);
  if (!Array.isArray(choices)) {
    throw new InputError('the response has no choices', 'give the whole response', 'choices');
  }
  return choices.map((choice: unknown, i) => readChoice(record(choice), `choices.${i}`));
}

function readChoice(choice: Fields, path: string): LoggedAnswer {
  const { message, text, logprobs, finish_reason: reason } = choice;
  const field = `${path}.logprobs`;
  const { content, tokens } = record(logprobs);
  const listed = Array.isArray(content)
    ? content.map((entry: unknown, i) => chatToken(entry, `${field}.content.${i}`))
    : Array.isArray(tokens)
      ? completionTokens(record(logprobs), tokens, field)
      : undefined;
  if (!listed) {
    const advice = 'ask with "logprobs": true and "top_logprobs": 20 (legacy: "logprobs": 5)';
    throw new InputError(`${field} has no tokens`, advice, field);
  }
  const said = record(message).content ?? text;
  return {
    text: typeof said === 'string' ? said : listed.map(({ token }) => token).join(''),
    tokens: listed,
    ended: reason !== 'length',
  };
}

function chatToken(entry: unknown, field: string) {
  const { top_logprobs: top } = record(entry);
  return {
    ...readToken(record(entry), field),
    top: (Array.isArray(top) ? top : []).map((other: unknown, i) =>
      readToken(record(other), `${field}.top_logprobs.${i}`),
    ),
  };
}

/** The legacy shape: lists side by side. */
function completionTokens(logprobs: Fields, tokens: readonly unknown[], field: string) {
  const { token_logprobs: values, top_logprobs: tops } = logprobs;
  return tokens.map((token, i) => ({
    ...readToken(
      { token, logprob: Array.isArray(values) ? (values[i] as unknown) : undefined },
      `${field}.token_logprobs.${i}`,
    ),
    top: Object.entries(record(Array.isArray(tops) ? tops[i] : undefined)).map(([other, logprob]) =>
      readToken({ token: other, logprob }, `${field}.top_logprobs.${i}`),
    ),
  }));
}

function readToken({ token, logprob, bytes }: Fields, field: string): LoggedToken {
  if (typeof token !== 'string' || typeof logprob !== 'number' || !(logprob <= ROUNDING)) {
    throw new InputError(
      `${field} is the token ${JSON.stringify(token)} with the log-probability ${String(logprob)}`,
      'give a text, and a number that is at most 0 (without the prompt: no "echo")',
      field,
    );
  }
  const isByte = (byte: unknown) =>
    Number.isInteger(byte) && Number(byte) >= 0 && Number(byte) < 256;
  const given = Array.isArray(bytes) && bytes.every(isByte) ? (bytes as number[]) : undefined;
  return {
    token,
    bytes: byteText(given ?? new TextEncoder().encode(token)),
    logProbability: Math.min(0, logprob),
  };
}

/** One character for each byte. */
export const byteText = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

type Fields = Readonly<Record<string, unknown>>;

/** Anything else has no fields. */
const record = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
