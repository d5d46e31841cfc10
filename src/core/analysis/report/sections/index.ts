import type { Section } from '../../../export/html/document.js';
import type { ReportData } from '../data.js';
import type { ReportSection } from '../section.js';
import { accuracy } from './accuracy.js';
import { calibration } from './calibration.js';
import { classes } from './classes.js';
import { comparison } from './comparison.js';
import { contrastSets } from './contrastSets.js';
import { directions } from './directions.js';
import { examples } from './examples.js';
import { findings } from './findings.js';
import { frames } from './frames.js';
import { measured } from './measured.js';
import { objects } from './objects.js';
import { provenance } from './provenance.js';
import { samples } from './samples.js';
import { skipped } from './skipped.js';
import { tasks } from './tasks.js';
import { warnings } from './warnings.js';
import { yesNo } from './yesNo.js';

/** The sections in their order. A new one is a file beside these and a line here. */
export const SECTIONS: readonly ReportSection[] = [
  findings,
  measured,
  accuracy,
  classes,
  comparison,
  tasks,
  directions,
  frames,
  yesNo,
  contrastSets,
  samples,
  objects,
  calibration,
  warnings,
  skipped,
  examples,
  provenance,
];

/** The sections that have something to say. */
export function sectionsOf(data: ReportData): Section[] {
  return SECTIONS.flatMap(({ id, title, blocks }) => {
    const own = blocks(data);
    return own.length === 0 ? [] : [{ id, title, blocks: own }];
  });
}
