// A JSON file beside the page, or anywhere on the web.
import { InputError } from '../../core/errors.ts';

/** @throws InputError where there is none, whatever the host answers instead */
export async function fetchJson(address: string): Promise<unknown> {
  try {
    const response = await fetch(new URL(address, document.baseURI));
    if (!response.ok) throw new Error(`the host answers ${response.status}`);
    return await response.json();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new InputError(`${address} cannot be read: ${why}`, 'Check its address.', 'race');
  }
}
