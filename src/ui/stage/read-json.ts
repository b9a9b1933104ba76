// JSON from beside the page, from anywhere on the web, or from a file of this computer.
import { InputError } from '../../core/errors.ts';

/** Of a file: two hundred steps of a race over a thousand answers take a tenth of it. */
const MOST_BYTES = 100e6;

/** @throws InputError where there is none, whatever the host answers instead */
export async function fetchJson(address: string): Promise<unknown> {
  try {
    const response = await fetch(new URL(address, document.baseURI));
    if (!response.ok) throw new Error(`the host answers ${response.status}`);
    return await response.json();
  } catch (thrown) {
    throw unreadable(address, thrown, 'Check its address.');
  }
}

/** @throws InputError for a file that is none, or too large to be one */
export async function readJsonFile(file: File): Promise<unknown> {
  const advice = 'Choose a file that was saved here.';
  if (file.size > MOST_BYTES) {
    throw unreadable(file.name, `it has ${file.size} bytes, the most are ${MOST_BYTES}`, advice);
  }
  try {
    return JSON.parse(await file.text());
  } catch (thrown) {
    throw unreadable(file.name, thrown, advice);
  }
}

function unreadable(name: string, why: unknown, advice: string): InputError {
  const reason = why instanceof Error ? why.message : String(why);
  return new InputError(`${name} cannot be read: ${reason}`, advice, 'race');
}
