import type { Block } from '../../export/html/document.js';
import type { ReportData } from './data.js';

/** One section of the report: what it says of the data, as blocks. Empty where it has nothing to say. */
export interface ReportSection {
  /** The section's anchor. */
  readonly id: string;
  readonly title: string;
  readonly blocks: (data: ReportData) => readonly Block[];
}
