import type { AgreementAnswer } from '../core/agreementModel.js';
import type { Annotating, RelabelList } from './annotations.js';
import type { Emptiness } from './errorsPage.js';
import type { Query } from './rows.js';

export type {
  AgreementAnswer,
  Coefficient,
  Disagreement,
  LabelRate,
  PairAgreement,
  RuleAgreement,
  SampleAnswer,
} from '../core/agreementModel.js';

/** What there is at the moment, apart from the numbers. */
export interface AgreementState {
  /** Names the opening; null where nothing is open. */
  readonly id: string | null;
  readonly emptiness: Emptiness | null;
  readonly message: string | null;
  readonly annotating: Annotating;
  /** Samples that were drawn here: their files, with what they are called. */
  readonly samples: readonly { readonly file: string; readonly name: string }[];
  /** Counts what was annotated: the numbers of another count are of before. */
  readonly revision: number;
}

/** What the extension answers to the page of agreement. */
export interface AgreementHost {
  start(params: null): Promise<AgreementState>;
  /** `sample`: the file from which rates are estimated; null for none. */
  load(params: { sample: string | null }, signal: AbortSignal): Promise<AgreementAnswer>;
  /** Right answers that annotators hold to be wrong; `pending`: those that nobody has reviewed yet count too. */
  relabels(params: { pending: boolean }, signal: AbortSignal): Promise<RelabelList>;
  /** Asks for a file and writes the patch. Answers how many items it corrects; null where it was taken back. */
  savePatch(params: { pending: boolean }): Promise<number | null>;
  /** Opens the error browser with exactly these rows. */
  open(params: { query: Query }): Promise<null>;
  /** Asks how a sample is to be drawn of the rows that the list shows, and shows its rows. Answers its file; null where it was taken back. */
  drawSample(params: null): Promise<string | null>;
  copy(params: { text: string }): Promise<null>;
  command(params: { command: string }): Promise<null>;
}

export interface AgreementEvents {
  changed: AgreementState;
}
