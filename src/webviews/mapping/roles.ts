/** A role as people read it. `several`: what is picked is added to the columns chosen before, instead of taking their place. */
export interface RoleWords {
  readonly role: string;
  readonly label: string;
  readonly what: string;
  readonly several?: true;
}

export interface RoleGroup {
  readonly title: string;
  readonly roles: readonly RoleWords[];
}

/** The roles without which there is nothing to look at. */
export const MAIN_GROUPS: readonly RoleGroup[] = [
  {
    title: 'The question',
    roles: [
      { role: 'id', label: 'Id', what: "The record's own identifier." },
      { role: 'image', label: 'Image', what: 'Paths or URLs of images, from all the columns chosen.', several: true },
      { role: 'question', label: 'Question', what: 'The question or statement; options printed in it are read.' },
      {
        role: 'options',
        label: 'Options',
        what: 'One column that lists them, or one column for each option.',
        several: true,
      },
    ],
  },
  {
    title: 'The answers',
    roles: [
      { role: 'gold', label: 'Right answer', what: "A letter, a text, or an option's position." },
      { role: 'prediction', label: 'Prediction', what: "The model's answer, where one column holds it." },
      { role: 'response', label: 'Raw response', what: "The model's raw text, where its answer is in another column." },
      {
        role: 'extracted',
        label: 'Extracted answer',
        what: 'What a tool read from the raw text; it is the prediction.',
      },
      { role: 'score', label: 'Score', what: 'A number for each option; without an answer, the best one is it.' },
    ],
  },
];

/** What can be said besides. */
export const MORE_GROUPS: readonly RoleGroup[] = [
  {
    title: 'About the item',
    roles: [
      { role: 'task', label: 'Task', what: 'The sub-task or category.' },
      { role: 'relation', label: 'Relation', what: 'The spatial relation asked for.' },
      { role: 'frame', label: 'Frame', what: 'The frame of reference: camera, person, object or imagined.' },
      { role: 'convention', label: 'Meaning of front', what: 'Toward the viewer, away from the viewer, or facing.' },
      { role: 'boxes', label: 'Boxes', what: 'Boxes in the image.', several: true },
    ],
  },
  {
    title: 'About the run',
    roles: [
      { role: 'model', label: 'Model', what: 'Several in one file are several runs.' },
      { role: 'split', label: 'Run', what: "What separates several runs in one file, such as a prompt's label." },
      { role: 'sample', label: 'Sample', what: 'The number of the sample, where a question is asked several times.' },
      { role: 'step', label: 'Step', what: 'A checkpoint or another numbered stage.' },
      { role: 'correct', label: 'Correct', what: 'The correctness that the file itself states.' },
      { role: 'confidence', label: 'Confidence', what: "The model's confidence, 0 to 1 or in percent." },
    ],
  },
];

export const ALL_ROLES: readonly RoleWords[] = [...MAIN_GROUPS, ...MORE_GROUPS].flatMap(({ roles }) => roles);

/** Of these one is needed, and no column is two of them. */
export const ANSWER_ROLES: readonly string[] = ['gold', 'prediction', 'response', 'extracted', 'score'];

/** What a role is called. */
export function labelOf(role: string): string {
  return ALL_ROLES.find((each) => each.role === role)?.label ?? role;
}
