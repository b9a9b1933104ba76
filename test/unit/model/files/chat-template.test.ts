import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { chatTemplate, loadChatTemplate } from '../../../../src/model/tokenizer/chat-template.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';

const folder = (files: Record<string, unknown>) =>
  memoryFolder(
    new Map(
      Object.entries(files).map(([name, content]) => [
        name,
        new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)),
      ]),
    ),
  );

const ask = '{{ bos_token }}[{{ messages[0].role }}] {{ messages[0].content }}';

describe('a chat template', () => {
  it('gets one user message, special tokens, a generation prompt and thinking off', () => {
    const source = `${ask}|{{ messages | length }}|{{ add_generation_prompt }}|{{ enable_thinking }}|{{ eos_token }}|`;
    const template = chatTemplate(source, { bos_token: '<s>' });
    expect(template.prompt('Hi')).toBe('<s>[user] Hi|1|true|false||');
  });

  it('does not change with the date', () => {
    const source = `{%- if not date_string is defined %}{%- set date_string = strftime_now("%d %b %Y") %}{%- endif %}{{ date_string }}`;
    expect(chatTemplate(source, {}).prompt('')).toBe('26 Jul 2024');
  });

  it.each([
    ['absent', {}, undefined],
    ['null', { 'tokenizer_config.json': { chat_template: null } }, undefined],
    ['an empty list', { 'tokenizer_config.json': { chat_template: [] } }, undefined],
    ['in tokenizer_config.json', { 'tokenizer_config.json': { chat_template: 'A' } }, 'A'],
    ['in chat_template.json', { 'chat_template.json': { chat_template: 'B' } }, 'B'],
    [
      'in its own file, which comes first',
      { 'chat_template.jinja': 'C', 'tokenizer_config.json': { chat_template: 'A' } },
      'C',
    ],
    [
      'the default of several',
      {
        'tokenizer_config.json': {
          chat_template: [
            { name: 'tool_use', template: 'T' },
            { name: 'default', template: 'D' },
          ],
        },
      },
      'D',
    ],
    [
      'the only one of a list',
      { 'tokenizer_config.json': { chat_template: [{ name: 'x', template: 'X' }] } },
      'X',
    ],
  ])('may be %s', async (_, files, text) => {
    expect((await loadChatTemplate(folder(files), {}))?.prompt('')).toBe(text);
  });

  it.each([
    [{ chat_template: 3 }, /chat_template must be a template/],
    [{ chat_template: [{ name: 'x' }] }, /chat_template/],
    [{ chat_template: '{% if %}' }, /The chat template fails: /],
    [
      {
        chat_template: [
          { name: 'a', template: '' },
          { name: 'b', template: '' },
        ],
      },
      /2 templates, none of them "default"/,
    ],
  ])('is refused: %o', async (config, message) => {
    const attempt = loadChatTemplate(folder({ 'tokenizer_config.json': config }), {});
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });

  it.each([
    [
      'ends a turn',
      '{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}<end>\n{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}',
      '<end>\n',
    ],
    ['writes no answers', '{{ messages[0].content }}', undefined],
    [
      'refuses answers',
      '{% if messages | length > 1 %}{{ raise_exception("no") }}{% endif %}',
      undefined,
    ],
  ])('tells what follows an answer where it %s', (_, source, after) => {
    expect(chatTemplate(source, {}).afterAnswer()).toBe(after);
  });

  it('may itself refuse', () => {
    const { prompt } = chatTemplate(`{{ raise_exception('system first') }}`, {});
    expect(() => prompt('x')).toThrow(InputError);
    expect(() => prompt('x')).toThrow(/The chat template fails: system first/);
  });
});
