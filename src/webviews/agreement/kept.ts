import type { AgreementEvents, AgreementHost } from '../../protocol/agreementPage.js';
import type { Connection } from '../shared/host.js';

/** What is chosen, and survives hiding and reloading. */
export interface Kept {
  /** The file of the sample from which rates are estimated. */
  readonly sample: string | null;
}

export type AgreementConnection = Connection<AgreementHost, AgreementEvents, Kept>;
