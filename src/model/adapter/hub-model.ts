// A base model as adapters name it: the hub's repository and revision, if the name is one of the hub's.

export interface HubModel {
  /** `owner/name` */
  readonly repo: string;
  /** Branch, tag or commit; null for the default. */
  readonly revision: string | null;
}

/** Reads `hf:owner/name`, `owner/name`, both with `@revision` behind, if wished; undefined for other names. */
export function hubModel(name: string): HubModel | undefined {
  const [, repo, revision = null] =
    /^(?:hf:)?([\w-][\w.-]*\/[\w-][\w.-]*)(?:@([\w./-]+))?$/.exec(name) ?? [];
  return repo === undefined ? undefined : { repo, revision };
}
