/** The commands whose keys are shown as hints, as package.json contributes them. */
export const SEARCH = 'flipside.search';
export const PASTE_IDS = 'flipside.pasteIds';
export const SAVE_SLICE = 'flipside.saveSlice';
export const RERUN = 'flipside.rerun';
export const NEXT_UNLABELLED = 'flipside.nextUnlabelled';
export const NEXT = 'flipside.nextError';
export const PREVIOUS = 'flipside.previousError';
/** The command that shows a saved slice; has no key. */
export const OPEN_SLICE = 'flipside.openSlice';
