/** What the processes that write annotations need of them. */
export { AnnotationStore, SCHEME } from '../annotations/annotationStore.js';
export { annotatorFileName } from '../annotations/annotationFile.js';
export { lineOf, type AnnotationEvent } from '../annotations/events.js';
export { DEFAULT_SCHEME } from '../annotations/scheme.js';
