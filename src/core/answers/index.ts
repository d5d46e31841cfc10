/** Reading answers: a response (or a tool's extracted answer) becomes an option, a value, or a reason why it is neither. */
export type { AnswerInput, AnswerRule, SpatialPhrase } from './rule.js';
export { answerRule, answerRules } from './registry.js';
