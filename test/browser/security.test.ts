// H4: the Content-Security-Policy that is shipped: the page keeps to it, and others cannot do more.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createServer as develop } from 'vite';
import {
  CONTENT_SECURITY_POLICY,
  HEADERS_BY_PATH,
  SECURITY_HEADERS,
} from '../../build/security-headers.ts';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { built, servePage } from './serve.ts';
import { inEveryEngine } from './visit/engines.ts';
import { serveAs } from './visit/host.ts';

const POLICY = SECURITY_HEADERS['content-security-policy'];

test('the policy is strict: nothing inline, no eval, nothing by default', () => {
  expect(POLICY).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  expect(POLICY).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/);
});

test('the built pages carry it, and so do the headers for hosts and of the preview server', async () => {
  const folder = await built('page');
  for (const name of ['index.html', 'embed.html', 'headless.html']) {
    const page = await readFile(`${folder}/${name}`, 'utf8');
    const meta = /http-equiv="content-security-policy" content="([^"]*)"/.exec(page)?.[1];
    expect(POLICY).toContain(meta!.replaceAll('&#39;', "'"));
  }
  const headers = await readFile(`${folder}/_headers`, 'utf8');
  expect(headers).toContain(`/*\n  content-security-policy: ${CONTENT_SECURITY_POLICY}\n`);
  expect(headers).toContain("/index.html\n  content-security-policy: frame-ancestors 'self'\n");
  const served = await servePage();
  onTestFinished(() => served.close());
  expect((await fetch(served.url)).headers.get('content-security-policy')).toBe(POLICY);
});

test('all pages but the one for frames refuse to be shown in one', () => {
  const pages = ['/', '/index.html', '/headless.html'];
  for (const page of pages) {
    expect(HEADERS_BY_PATH[page]).toEqual({
      'content-security-policy': "frame-ancestors 'self'",
      'cross-origin-opener-policy': 'same-origin',
    });
  }
  expect(HEADERS_BY_PATH['/embed.html']).toBeUndefined();
  expect(HEADERS_BY_PATH['/*']!['content-security-policy']).not.toContain('frame-ancestors');
});

test('the development server sends one that allows its styles and its socket, and no more', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const server = await develop({ root, logLevel: 'error', server: { port: 0, host: '127.0.0.1' } });
  onTestFinished(() => server.close());
  await server.listen();
  const sent = (await fetch(server.resolvedUrls!.local[0]!)).headers.get('content-security-policy');
  expect(sent).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
  expect(sent).toMatch(/style-src 'self' 'unsafe-inline'/);
});

inEveryEngine((visit) => {
  test('the page for frames shows stage, tree and lessons alone', async () => {
    const { url, violations, close } = await serveAs(await built('page'));
    onTestFinished(close);
    const page = await visit(url, 'embed.html?backend=wasm#lab');
    await page.sees('Teach it');
    expect(await page.evaluate(() => location.hash)).toBe('#stage&embed=1');
    expect(await page.text()).not.toContain('Compare');
    await page.evaluate(() => void (location.hash = '#lesson=2'));
    await page.sees('2. A distribution is a tree');
    expect(await page.evaluate(() => location.hash)).toBe('#lesson=2&embed=1');
    expect(violations).toEqual([]);
  });

  test('no page reports a violation: all views, a run, its charts and downloads', async () => {
    const { url, violations, close } = await serveAs(await built('double'));
    onTestFinished(close);
    const page = await visit(url, '#training.steps=20');
    await page.press('button', 'Run the experiment');
    await page.sees('took 42 s');
    expect(await page.download('Download All paper families as JSON')).toContain('"config"');
    await page.press('link', 'Compare');
    await page.sees('Compare runs');
    await page.go('#models');
    await page.sees('Models to start from');
    expect(violations).toEqual([]);
  });

  test('scripts that got into the page do not run, and are reported', async () => {
    const { url, violations, close } = await serveAs(await built('page'));
    onTestFinished(close);
    const elsewhere = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end('window.hacked = true');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void elsewhere.close());
    const remote = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/script.js`;
    const page = await visit(url, '#seed=5');
    await page.sees('Run the experiment');
    const hacked = await page.evaluate(async (src: string) => {
      const add = (fill: (script: HTMLScriptElement) => void) => {
        const script = document.createElement('script');
        fill(script);
        document.body.append(script);
      };
      add((script) => (script.textContent = 'window.hacked = true'));
      add((script) => (script.src = src));
      document.body.insertAdjacentHTML(
        'beforeend',
        '<img src="x:" onerror="window.hacked = true">',
      );
      document.body.insertAdjacentHTML('beforeend', '<a href="javascript:window.hacked=1">x</a>');
      (document.body.lastElementChild as HTMLElement).click();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return 'hacked' in window;
    }, remote);
    expect(hacked).toBe(false);
    const reported = violations.join();
    expect(reported).toContain('inline');
    expect(reported).toContain(remote);
  });
});
