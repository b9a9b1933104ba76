/** What once went wrong, by its entry; how it is looked at is the script's own affair. */
export const LOOKS: readonly { readonly entry: string }[];
