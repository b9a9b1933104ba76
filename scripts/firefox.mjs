// Where the tests find a Firefox; they go without where there is none.
import { existsSync } from 'node:fs';

const INSTALLED = [
  process.env.FIREFOX_PATH,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** Path of an installed Firefox, or undefined. */
export const findFirefox = () => INSTALLED.find((path) => path && existsSync(path));
