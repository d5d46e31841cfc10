import { FlipsideError } from '../model.js';
import { blink } from './blink.js';
import { defaultRule } from './defaultRule.js';
import { inspect, inspectAnswerLetter } from './inspect.js';
import {
  lmms3dsrbench,
  lmmsBlink,
  lmmsCvBench,
  lmmsEmbspatial,
  lmmsOmnispatial,
  lmmsPope,
  lmmsSat,
} from './lmmsEval.js';
import { lmmsMindcube } from './mindcube.js';
import { popeOfficial } from './pope.js';
import type { AnswerRule } from './rule.js';
import { spatialmqa } from './spatialmqa.js';
import { lmmsViewspatial, viewspatial } from './viewspatial.js';
import { vlmevalkit, vlmevalkitYesNo } from './vlmevalkit.js';

/** Every rule by which an answer can be read, Flipside's own first. */
export const answerRules: readonly AnswerRule[] = [
  defaultRule,
  viewspatial,
  vlmevalkit,
  vlmevalkitYesNo,
  lmmsPope,
  lmmsCvBench,
  lmmsBlink,
  lmmsEmbspatial,
  lmmsViewspatial,
  lmms3dsrbench,
  lmmsMindcube,
  lmmsSat,
  lmmsOmnispatial,
  popeOfficial,
  inspect,
  inspectAnswerLetter,
  spatialmqa,
  blink,
];

const byId = new Map(answerRules.map((rule) => [rule.id, rule]));

/** The rule of that name. Throws a FlipsideError (exit code 2) that lists the known rules. */
export function answerRule(id: string): AnswerRule {
  const rule = byId.get(id);
  if (rule !== undefined) return rule;
  const known = [...byId.keys()].join(', ');
  throw new FlipsideError(`There is no answer rule "${id}". Use one of: ${known}.`, { exitCode: 2 });
}
