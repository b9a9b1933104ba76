// How a chat model wants to be asked: its Jinja template around a single user message.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { checked } from '../files/checked.ts';
import { optionalJson, type ModelFiles } from '../files/model-files.ts';
import { refuseLarge } from '../files/size-limits.ts';
import { BoundedTemplate } from './bounded-template.ts';

/** A model's way of being asked, special tokens spelled out. */
export interface ChatTemplate {
  /**
   * The prompt as the model is to read it, up to where its answer begins.
   * @param date what a template is told that asks for the day, as YYYY-MM-DD
   */
  prompt(text: string, date?: string): string;
  /** What follows the model's answer; undefined where the template does not write answers. */
  afterAnswer(): string | undefined;
}

/** The texts of the special tokens, which templates use: `bos_token`, `eos_token`, ... */
export type SpecialTexts = Readonly<Record<string, string>>;

const named = v.object({ name: v.string(), template: v.string() });

const schema = v.object({
  chat_template: v.nullish(
    v.union([v.string(), v.array(named)], 'must be a template or a list of named templates'),
  ),
});

/** The chat template of a folder; undefined where there is none. @throws InputError as `templateText`, or for one that cannot be parsed */
export async function loadChatTemplate(
  files: ModelFiles,
  specials: SpecialTexts,
): Promise<ChatTemplate | undefined> {
  const text = await templateText(files);
  return text === undefined ? undefined : chatTemplate(text, specials);
}

/**
 * The text of a folder's chat template: `chat_template.jinja`, else `chat_template` in
 * `tokenizer_config.json` or `chat_template.json`; undefined where there is none. Among several
 * named ones it is `default`.
 * @throws InputError for several without a `default`.
 */
export async function templateText(files: ModelFiles): Promise<string | undefined> {
  const jinja = await files('chat_template.jinja');
  if (jinja) refuseLarge('chat_template.jinja', jinja.length);
  if (jinja) return new TextDecoder().decode(jinja);
  for (const source of ['tokenizer_config.json', 'chat_template.json']) {
    const content = (await optionalJson(files, source)) ?? {};
    const { chat_template } = checked(schema, content, source);
    if (typeof chat_template === 'string') return chat_template;
    if (!chat_template || chat_template.length === 0) continue;
    const chosen = chat_template.find(({ name }) => name === 'default') ?? chat_template[0];
    if (chosen && (chosen.name === 'default' || chat_template.length === 1)) {
      return chosen.template;
    }
    throw new InputError(
      `${source}: chat_template has ${chat_template.length} templates, none of them "default".`,
      'Name the one to use "default".',
      'chat_template',
    );
  }
  return undefined;
}

/**
 * A template around a single user message, with the generation prompt added and thinking off
 * (`enable_thinking: false`) where it has that switch. Like transformers it passes `tools` and
 * `documents`, both None.
 * @throws InputError for a template that cannot be parsed; `prompt`, where rendering fails.
 */
export function chatTemplate(source: string, specials: SpecialTexts): ChatTemplate {
  const template = attempt(() => new BoundedTemplate(source));
  const rendered = (messages: Message[], generate: boolean, date?: string) =>
    template.render(
      {
        ...specials,
        messages,
        tools: null,
        documents: null,
        add_generation_prompt: generate,
        enable_thinking: false,
      },
      date,
    );
  const user = (content: string) => ({ role: 'user', content });
  return {
    prompt: (text, date) => attempt(() => rendered([user(text)], true, date)),
    afterAnswer() {
      try {
        const chat = rendered([user('?'), { role: 'assistant', content: ANSWER }], false);
        const at = chat.lastIndexOf(ANSWER);
        return at < 0 ? undefined : chat.slice(at + ANSWER.length);
      } catch {
        return undefined; // made for users' messages only
      }
    },
  };
}

interface Message {
  readonly role: string;
  readonly content: string;
}

/** A text that no template writes by itself. */
const ANSWER = '27182818';

function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `The chat template fails: ${problem.replace(/\.$/, '')}.`,
      'Correct chat_template in tokenizer_config.json, or remove it to give the model bare prompts.',
      'chat_template',
    );
  }
}
