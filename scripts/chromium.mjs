// Where the tests find a Chromium, and how they start it with WebGPU.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const INSTALLED = [
  process.env.CHROME_PATH,
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of a usable Chrome or Chromium, or undefined. */
export function findChromium() {
  const installed = INSTALLED.find((path) => path && existsSync(path));
  if (installed) return installed;
  const downloaded = chromium.executablePath();
  return existsSync(downloaded) ? downloaded : undefined;
}

/** Finds a Chromium or installs one: Playwright's build, else the distribution's package. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  console.error('No Chrome or Chromium found; installing one …');
  const run = (command, ...args) =>
    spawnSync(command, args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
      .status === 0;
  if (!run('npx', 'playwright', 'install', 'chromium') && existsSync('/usr/bin/apt-get')) {
    const root = process.getuid?.() === 0 ? [] : ['sudo'];
    run(...root, 'apt-get', 'update');
    run(...root, 'apt-get', 'install', '-y', 'chromium');
  }
  const installed = findChromium();
  if (!installed) {
    console.error(
      'error: no Chromium could be installed; install Chrome or Chromium, or set CHROME_PATH',
    );
    process.exit(1);
  }
  return installed;
}

/** Playwright launch options: headless, WebGPU on, the software adapter where there is no GPU. */
export function chromiumLaunchOptions() {
  const hardware = process.env.LAB_GPU === 'hardware';
  return {
    executablePath: findChromium(),
    ignoreDefaultArgs: ['--disable-gpu'],
    args: [
      '--headless=new',
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--enable-features=Vulkan',
      ...(hardware ? [] : ['--use-webgpu-adapter=swiftshader']),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}
