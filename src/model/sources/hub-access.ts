// How the hub is reached: its address, and a token that lives in memory only.
import { InputError } from '../../core/errors.ts';

export interface HubAccess {
  /** An access token (`hf_…`) for gated and private models. */
  readonly token?: string | undefined;
  /** Address of a mirror, without a slash at its end. */
  readonly endpoint?: string | undefined;
}

const HUB = 'https://huggingface.co';

/** @throws InputError naming `token` or `endpoint` */
export function checkedAccess({ token, endpoint }: HubAccess): HubAccess {
  const trimmed = token?.trim();
  if (trimmed && !/^hf_\w+$/.test(trimmed)) {
    throw new InputError(
      'The access token does not look like one of the hub.',
      'Tokens begin with hf_ and are made under Settings, Access Tokens, on huggingface.co.',
      'token',
    );
  }
  const url = endpoint?.trim();
  if (url && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
    throw new InputError(
      `endpoint is ${JSON.stringify(endpoint)}`,
      'Give the web address of a mirror of the hub, e.g. https://mirror.example.',
      'endpoint',
    );
  }
  return { token: trimmed || undefined, endpoint: url?.replace(/\/+$/, '') || undefined };
}

export const endpointOf = ({ endpoint }: HubAccess): string => endpoint ?? HUB;

/**
 * What a request carries: the token, where it goes to the host that the token is for. Addresses of other
 * hosts come from answers (the next page of a list) and from before another mirror was named.
 */
export function authorization(url: string, access: HubAccess): Readonly<Record<string, string>> {
  const own = new URL(url).origin === new URL(endpointOf(access)).origin;
  return own && access.token !== undefined ? { authorization: `Bearer ${access.token}` } : {};
}
