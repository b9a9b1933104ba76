import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import {
  csvCell,
  markdownCode,
  markdownTable,
  markdownText,
  xmlText,
} from '../../../src/core/escape.ts';

describe('W2: a CSV cell', () => {
  test.each([
    ['=1+1', `"'=1+1"`],
    ['+SUM(A1)', `"'+SUM(A1)"`],
    ['-2+3', `"'-2+3"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    [' =1', `"' =1"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['\u0000=1', `"'\u0000=1"`],
    ['＝1', `"'＝1"`],
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['-1.5 to 2', `"'-1.5 to 2"`],
  ])('%j is no formula', (text, cell) => expect(csvCell(text)).toBe(cell));

  test.each(['-1.5', '+2', '-0.00', '-1e-9', 'soft', 'a=b', 'e@mail', '', '3'])(
    '%j stays as it is',
    (text) => expect(csvCell(text)).toBe(text),
  );

  test.each([
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
  ])('%j is quoted', (text, cell) => expect(csvCell(text)).toBe(cell));
});

describe('W2: Markdown', () => {
  test.each([
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['[click](javascript:alert(1))', '\\[click\\](javascript:alert(1))'],
    ['![](http://x/y.png)', '!\\[\\](http://x/y.png)'],
    ['a | b', 'a \\| b'],
    ['a\n\n# Heading', 'a # Heading'],
    ['# Heading', '\\# Heading'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['> quote', '&gt; quote'],
    ['**bold** _it_ `code` ~~x~~', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~x\\~\\~'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['a\\', 'a\\\\'],
    ['valid_mass', 'valid_mass'],
    ['0.25 (0.1 … 0.4)', '0.25 (0.1 … 0.4)'],
  ])('%j is plain text', (text, markdown) => expect(markdownText(text)).toBe(markdown));

  test('a table escapes its cells, and leaves markup of our own', () => {
    expect(
      markdownTable(
        ['a|b', 'c'],
        [
          ['<i>', { markdown: '**1**' }],
          [null, -0.5],
        ],
      ),
    ).toEqual(['| a\\|b | c |', '| --- | --- |', '| &lt;i&gt; | **1** |', '| – | -0.5 |']);
  });

  test('code is fenced by more than it holds', () => {
    expect(markdownCode('a/b')).toBe('`a/b`');
    expect(markdownCode('a``b\n`')).toBe('``` a``b ` ```');
  });
});

test('W2: text in XML is read back as it was', () => {
  const text = `<script>"&'</script>`;
  const { document } = parseHTML(`<html><body><p title="${xmlText(text)}">${xmlText(text)}</p>`);
  expect(document.querySelector('p')?.textContent).toBe(text);
  expect(document.querySelector('p')?.getAttribute('title')).toBe(text);
});
