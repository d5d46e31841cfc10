/** What a column's name alone says about its role. Values have the last word (see roles.ts). */

/** The roles that a column of a plain file can have. */
export const ROLE_NAMES = [
  'id',
  'image',
  'question',
  'options',
  'gold',
  'prediction',
  'response',
  'extracted',
  'task',
  'relation',
  'frame',
  'convention',
  'model',
  'sample',
  'split',
  'correct',
  'score',
  'confidence',
  'boxes',
  'step',
] as const;

/**
 * `prediction` is the one column that holds the model's answer. Where raw text and parsed answer stand in two columns, they are
 * `response` and `extracted`. `score` is a number for each option; where nothing else answers, the
 * best is the answer. `split` separates several runs in one file; `step` a checkpoint or another numbered stage.
 */
export type RoleName = (typeof ROLE_NAMES)[number];

/** A column's role as names and values tell it. A role that several columns share (images, option letters) has one guess for each. */
export interface RoleGuess {
  readonly role: RoleName;
  readonly column: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reasons: readonly string[];
}

/** Below this a column's role, and a file's, is not guessed. */
export const MIN_CONFIDENCE = 0.5;

/** A confidence as it is shown: within 0 and 0.99, to three digits. */
export function roundConfidence(confidence: number): number {
  return Math.round(Math.min(0.99, Math.max(0, confidence)) * 1000) / 1000;
}

/**
 * What a name suggests. Beside the roles: `answer` is gold or prediction, depending on its neighbours; `goldForm` is another form of
 * the gold answer (its index, its letter); `text` is a question or a response; `verdict` is correctness or a score, as values decide.
 */
export type NameClass = RoleName | 'answer' | 'goldForm' | 'text' | 'verdict';

export interface NameHit {
  readonly as: NameClass;
  /** 0 to 1: how sure the name alone is. */
  readonly weight: number;
  /** The part of the name that is no answer word ("qwen" of "qwen_response"). */
  readonly qualifier?: string;
}

const EXACT: ReadonlyMap<string, readonly NameHit[]> = new Map([
  ...names(
    'id',
    0.9,
    'id question_id qid uid uuid item_id sample_id example_id instance_id record_id doc_id row_id guid',
  ),
  ...names(
    'id',
    0.8,
    'idx index no number row key sid q_id question_idx question_index sample_idx sample_index item_idx',
  ),
  ...names(
    'image',
    0.9,
    'image images image_path image_paths img img_path image_file image_filename image_url image_link img_url',
  ),
  ...names(
    'image',
    0.8,
    'image_id image_ids img_id image_name img_name image_files picture photo file_name filename frames video',
  ),
  ...names('question', 0.95, 'question questions question_text query'),
  ...names(
    'question',
    0.85,
    'prompt input_text instruction user_prompt input_prompt full_prompt formatted_prompt problem',
  ),
  ...names('question', 0.75, 'caption statement sentence claim'),
  ...names('question', 0.6, 'input'),
  ...names(
    'options',
    0.95,
    'options choices candidates option_list answer_options answer_choices multiple_choice mc_options',
  ),
  ...names('options', 0.8, 'alternatives candidate_answers possible_answers choice option'),
  ...names(
    'gold',
    0.95,
    'gold gt ground_truth groundtruth ground_truth_answer gold_answer golden golden_answer correct_answer',
  ),
  ...names(
    'gold',
    0.95,
    'gt_answer answer_gt gold_label true_label truth right_answer true_answer answer_gold correct_option',
  ),
  ...names(
    'gold',
    0.9,
    'correct_choice correct_label expected expected_answer reference_answer y_true label_gt ideal answer_key',
  ),
  ...names('gold', 0.75, 'target targets solution'),
  ...names('gold', 0.65, 'label labels reference references refr annotation annotations'),
  ...names(
    'goldForm',
    0.7,
    'answer_idx answer_index answer_id answer_letter answer_text answer_label answer_option answer_choice',
  ),
  ...names(
    'goldForm',
    0.7,
    'correct_idx correct_index label_idx gt_idx gold_idx correct_letter ground_truth_normalized gt_index',
  ),
  ...names('answer', 0.8, 'answer answers ans'),
  ...names(
    'prediction',
    0.95,
    'prediction predictions pred preds predicted predict predicts predicted_answer pred_answer y_pred',
  ),
  ...names(
    'prediction',
    0.9,
    'model_answer model_prediction model_pred predicted_label pred_label hypothesis guess your_answer',
  ),
  ...names(
    'response',
    0.9,
    'response responses model_response model_output output outputs raw_output raw_response raw_prediction',
  ),
  ...names(
    'response',
    0.9,
    'generation generations generated generated_text generated_answer completion full_output full_response',
  ),
  ...names(
    'response',
    0.9,
    'full_prediction raw_answer raw llm_output llm_response vlm_output vlm_response output_text reply resps',
  ),
  ...names(
    'extracted',
    0.95,
    'extracted extracted_answer pred_extracted prediction_extracted answer_extracted extraction filtered_resps',
  ),
  ...names(
    'extracted',
    0.93,
    'parsed parsed_answer parsed_prediction parsed_pred pred_parsed prediction_parsed parsed_output answer_pred',
  ),
  ...names(
    'extracted',
    0.88,
    'final_answer final_prediction predicted_letter pred_letter predicted_option predicted_choice model_choice',
  ),
  ...names(
    'extracted',
    0.8,
    'prediction_normalized pred_normalized normalized_prediction processed_prediction selected selected_option',
  ),
  ...names('task', 0.95, 'task question_type task_type task_name'),
  ...names('task', 0.85, 'subtask sub_task category question_category skill type qtype subcategory'),
  ...names('task', 0.7, 'ability capability dimension domain subset topic'),
  ...names('relation', 0.9, 'relation relation_type spatial_relation preposition relationship rel predicate'),
  ...names('frame', 0.85, 'frame_of_reference reference_frame frame perspective viewpoint pov'),
  ...names('convention', 0.85, 'convention depth_convention front_convention front_means'),
  ...names('model', 0.9, 'model model_id model_name model_path checkpoint_name'),
  ...names('sample', 0.8, 'sample sample_number sample_no trial attempt repeat repetition rollout try epoch'),
  ...names(
    'split',
    0.85,
    'prompt_label prompt_type prompt_name prompt_style prompt_id prompt_template prompt_variant template_id',
  ),
  ...names('split', 0.7, 'variant setting condition method strategy mode experiment run run_id config template seed'),
  ...names(
    'correct',
    0.95,
    'is_correct iscorrect hit correctness is_right is_match answer_correct exact_match em matched',
  ),
  ...names('verdict', 0.85, 'correct right acc accuracy match result score judgement judgment'),
  ...names(
    'confidence',
    0.9,
    'confidence conf prob probability certainty confidence_score answer_prob pred_prob pred_confidence',
  ),
  ...names(
    'score',
    0.85,
    'scores logits probs probabilities logprobs log_probs option_scores choice_scores option_probs choice_probs',
  ),
  ...names('score', 0.85, 'option_logprobs choice_logprobs likelihoods loglikelihoods losses nlls ppls perplexities'),
  ...names('step', 0.85, 'step global_step checkpoint_step checkpoint iteration iter training_step'),
  ...names('text', 0.6, 'text content'),
  ...names('question', 0.7, 'messages conversations conversation dialogue'),
  ...names('id', 0.8, '编号 序号 题号'),
  ...names('image', 0.9, '图片 图像 图片路径 画像'),
  ...names('question', 0.95, '问题 题目 提问 質問 질문'),
  ...names('options', 0.95, '选项 選項 候选项 選択肢 선택지'),
  ...names('gold', 0.95, '正确答案 标准答案 参考答案 真实答案 正解 정답'),
  ...names('answer', 0.8, '答案 回答'),
  ...names('prediction', 0.95, '预测 预测答案 模型回答 模型答案 模型预测 模型输出 予測 예측'),
  ...names('task', 0.85, '类别 类型 任务 题型'),
  ...names('correct', 0.95, '是否正确'),
]);

function names(as: NameClass, weight: number, list: string): [string, NameHit[]][] {
  return list.split(' ').map((name) => [name.replaceAll('_', ''), [{ as, weight }]]);
}

const ANSWER_WORDS = new Set(
  'prediction predictions pred preds predicted response responses output outputs generation generated completion answer reply'.split(
    ' ',
  ),
);
/** What a name ends with that says what is measured: "gt_mm" beside "predicted_mm", "gt_count" beside "pred_count". */
const QUANTITIES = new Set(
  'mm cm m meter meters metre metres degree degrees deg count distance depth height width angle number value size'.split(
    ' ',
  ),
);
const MEASURED_GOLD = new Set(['gt', 'gold', 'true', 'actual']);
const MEASURED_ANSWER = new Set(['pred', 'predicted', 'prediction', 'estimated']);
/** What a name ends with that lists the options: "caption_options". */
const OPTION_WORDS = new Set(['options', 'choices', 'candidates']);
/** What a name ends with whose values are a number for each option. */
const SCORE_WORDS = new Set('scores logits probs probabilities logprobs likelihoods losses'.split(' '));
const RAW_WORDS = new Set('raw full original verbose'.split(' '));
const PARSED_WORDS = new Set(
  'parsed extracted final clean cleaned normalized normalised processed letter option choice'.split(' '),
);
/** Words that say nothing about whose answer it is. */
const NEUTRAL = new Set('model text string str value content assistant llm vlm the'.split(' '));
const GOLD_WORDS = new Set(
  'gold golden gt ground truth correct reference target true expected ideal right actual'.split(' '),
);
const GOLD_HEADS = new Set(
  'answer answers label labels option choice letter text value response output idx index'.split(' '),
);
/** Words that make a column a measurement of an answer rather than an answer. */
const MEASURES = new Set(
  (
    'time latency duration seconds ms token tokens length len count num number n id score scores prob probs logprob logprobs confidence ' +
    'path file date timestamp cost price type format status usage bbox box boxes mask is was has correct accuracy match error errors ' +
    'reason finish stop template prompt schema embedding attention lang language version hash'
  ).split(' '),
);

/** The lower-case words of a name: "fullOutput", "Full Output" and "full_output" are all full, output. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/**
 * What a column's name suggests, best first; empty when it says nothing.
 * A dotted name (`doc.question`) is read by its last part, unless a part before it says whose value it is (`response.answer`, `gold.label`).
 */
export function namesSuggest(column: string): readonly NameHit[] {
  let suggested = known.get(column);
  if (suggested === undefined) {
    suggested = suggestions(column);
    if (known.size >= REMEMBERED) known.clear();
    known.set(column, suggested);
  }
  return suggested;
}

/** What columns suggest, since files repeat them; ids as columns of one file would fill it without an end. */
const known = new Map<string, readonly NameHit[]>();
const REMEMBERED = 1000;

function suggestions(column: string): readonly NameHit[] {
  const parts = column.split('.');
  const leaf = parts.at(-1) ?? column;
  if (parts.length === 1) return suggest(column);
  const whole = exactly(wordsOf(column));
  if (whole.length > 0) return whole;
  const owner = parts.slice(0, -1).flatMap((part) => suggest(part));
  const owned = owner.find((hit) => OWNERS.has(hit.as));
  const own = suggest(leaf);
  if (owned !== undefined && (own.length === 0 || own.some((hit) => OWNED.has(hit.as)))) {
    return OWNED_LEAVES.has(leaf.toLowerCase()) ? [{ as: owned.as, weight: Math.min(owned.weight, 0.75) }] : [];
  }
  return own.map((hit) => ({ ...hit, weight: hit.weight - 0.1 }));
}

const OWNERS = new Set<NameClass>(['gold', 'prediction', 'response', 'extracted']);
const OWNED = new Set<NameClass>(['answer', 'text', 'gold', 'options', 'goldForm']);
const OWNED_LEAVES = new Set(['answer', 'text', 'content', 'label', 'value', 'choice', 'option']);

const ANSWER_FORMS = new Set(['idx', 'index', 'letter', 'label']);

function suggest(name: string): readonly NameHit[] {
  const words = wordsOf(name);
  const exact = exactly(words);
  if (exact.length > 0) return exact;
  const found = byWords(words);
  // "model_choice_idx" is a form of what "model_choice" is.
  return found.length > 0 || words.length < 3 || !ANSWER_FORMS.has(words.at(-1) ?? '')
    ? found
    : exactly(words.slice(0, -1)).flatMap((hit) =>
        OWNERS.has(hit.as) ? [{ ...hit, weight: Math.min(hit.weight, 0.75) }] : [],
      );
}

function exactly(words: readonly string[]): readonly NameHit[] {
  return EXACT.get(words.join('')) ?? [];
}

function byWords(words: readonly string[]): NameHit[] {
  const rest = words.filter((word) => !ANSWER_WORDS.has(word));
  const [head = '', tail = ''] = [words[0], words.at(-1)];
  if (words.length > 1 && SCORE_WORDS.has(tail)) return [{ as: 'score', weight: 0.7 }];
  // The order that a model saw is not the list that the benchmark offers.
  if (words.length > 1 && OPTION_WORDS.has(tail))
    return [{ as: 'options', weight: words.some((word) => /shuffl|permut/.test(word)) ? 0.55 : 0.75 }];
  if (words.length === 2 && QUANTITIES.has(tail)) {
    if (MEASURED_GOLD.has(head)) return [{ as: 'gold', weight: 0.7 }];
    if (MEASURED_ANSWER.has(head)) return [{ as: 'prediction', weight: 0.7 }];
  }
  if (words.length < 2 || rest.some((word) => MEASURES.has(word))) return [];
  if (words.some((word) => GOLD_WORDS.has(word))) {
    return GOLD_HEADS.has(words.at(-1) ?? '') ? [{ as: 'gold', weight: 0.75 }] : [];
  }
  const first = words[0] ?? '';
  const last = words.at(-1) ?? '';
  if (!ANSWER_WORDS.has(first) && !ANSWER_WORDS.has(last) && !(PARSED_WORDS.has(last) && rest.length < words.length))
    return [];
  const qualifier = rest
    .filter((word) => !RAW_WORDS.has(word) && !PARSED_WORDS.has(word) && !NEUTRAL.has(word))
    .join(' ');
  const named = qualifier === '' ? {} : { qualifier };
  const weight = qualifier === '' ? 0.85 : 0.7;
  if (rest.some((word) => RAW_WORDS.has(word))) return [{ as: 'response', weight, ...named }];
  if (rest.some((word) => PARSED_WORDS.has(word))) return [{ as: 'extracted', weight, ...named }];
  return [{ as: 'prediction', weight, ...named }];
}

/** Names that stand for splits of the data, not for runs. */
export const DATA_SPLITS = /^(?:train|val|valid|validation|dev|test|testmini|minival)$/i;
