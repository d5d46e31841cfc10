/** What buttons of the page do, beside trying a model. */
export interface Actions {
  /** `what`: for a sentence. */
  readonly copy: (text: string, what: string) => void;
  /** Null: no model. */
  readonly useByDefault: (model: string | null) => void;
  /** Of the server with this address. */
  readonly setKey: (where: string) => void;
  readonly settings: () => void;
  readonly command: (command: string) => void;
}
