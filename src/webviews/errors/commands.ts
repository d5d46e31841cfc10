/** The commands whose keys are shown as hints, as package.json contributes them. */
export const SEARCH = 'flipside.search';
export const PASTE_IDS = 'flipside.pasteIds';
