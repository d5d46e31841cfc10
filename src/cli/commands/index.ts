import type { Command } from '../command.js';
import { agreement } from './agreement.js';
import { compare } from './compare.js';
import { errors } from './errors.js';
import { exportCommand } from './export.js';
import { indexCommand } from './indexCommand.js';
import { item } from './item.js';
import { mapping } from './mapping.js';
import { models } from './models.js';
import { relabel } from './relabel.js';
import { rerun } from './rerun.js';
import { sample } from './sample.js';
import { serve } from './serve.js';
import { summary } from './summary.js';

/** Every command, in the order of the help page. */
export const COMMANDS: readonly Command[] = [
  summary,
  errors,
  item,
  compare,
  exportCommand,
  sample,
  agreement,
  relabel,
  indexCommand,
  mapping,
  rerun,
  models,
  serve,
];
