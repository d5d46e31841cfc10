/** `annotationLoad.ts FOLDER COUNT`: prints how many milliseconds it takes until the annotations of a folder are at hand. */
import process from 'node:process';
import { AnnotationStore } from '../src/core/analysis/annotations.js';

const [home = '', count = ''] = process.argv.slice(2);
const store = new AnnotationStore([home]);
const start = performance.now();
await store.refresh();
const took = performance.now() - start;
if (store.book.size !== Number(count)) throw new Error(`${store.book.size} of ${count} annotations were read.`);
process.stdout.write(String(took));
