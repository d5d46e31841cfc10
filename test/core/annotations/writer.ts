/** `writer.ts FILE NAME COUNT`: adds so many events to a file, one after another, and prints the id of each once it is saved. */
import process from 'node:process';
import { AnnotationFile } from '../../../src/core/annotations/annotationFile.js';

async function main(): Promise<void> {
  const [place = '', name = '', count = '0'] = process.argv.slice(2);
  const file = new AnnotationFile(place);
  for (let at = 0; at < Number(count); at++) {
    const id = `${name}${at}`;
    await file.add([
      {
        ...{ id, at: new Date(0).toISOString(), order: at, by: name, scheme: 1 },
        item: { dataset: null, item: id, run: 'a.csv', row: at, answer: 'left' },
        content: { text: id, images: null },
        ...{ set: { label: 'other', note: 'x'.repeat(200) }, undoes: null, adjudicates: null },
      },
    ]);
    process.stdout.write(`${id}\n`);
  }
  await file.close();
}

void main();
