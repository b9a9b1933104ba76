// How a form asks for a setting.

interface Field {
  /** The setting, by its name in the configuration or in the object that holds it. */
  readonly key: string;
  readonly label: string;
  readonly note?: string;
}

export interface NumberFormField extends Field {
  readonly kind: 'number';
  readonly step?: number;
}

export interface TextFormField extends Field {
  readonly kind: 'text';
  /** Shown while nothing is written, which leaves the setting out. */
  readonly placeholder: string;
}

/** One word of a list; an empty one leaves the setting out. */
export interface SelectFormField extends Field {
  readonly kind: 'select';
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** One of a few ways, some of which have settings of their own. */
export interface WaysFormField extends Field {
  readonly kind: 'ways';
  readonly ways: readonly {
    /** What is written: a word, or an object with the way's first settings. */
    readonly value: string | Readonly<Record<string, unknown>>;
    readonly label: string;
    readonly note: string;
    readonly fields?: readonly FormField[];
  }[];
}

export type FormField = NumberFormField | TextFormField | SelectFormField | WaysFormField;
