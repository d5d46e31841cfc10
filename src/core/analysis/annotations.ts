/** What the processes that write annotations need of them. */
export { AnnotationStore } from '../annotations/annotationStore.js';
export { lineOf, type AnnotationEvent } from '../annotations/events.js';
