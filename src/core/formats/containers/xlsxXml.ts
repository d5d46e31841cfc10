import { StringDecoder } from 'node:string_decoder';
import { SaxesParser } from 'saxes';

/** What to do with the elements of an XML part. Names come without their namespace prefix, which writers choose freely. */
export interface XmlHandlers {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Attributes of one element. Those of a workbook have a dozen; millions would be looked up one by one. */
const MAX_ATTRIBUTES = 1000;

/** Bytes handed to the parser at a time. */
const STEP = 1 << 16;

/**
 * Walks an XML part. `isDone` is asked between steps and ends the walk early.
 * @throws Error with the parser's message when the XML is not well-formed.
 */
export function walkXml(bytes: Uint8Array, handlers: XmlHandlers, isDone: () => boolean = () => false): void {
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  parser.on('error', (error) => {
    throw error;
  });
  let attributes = 0;
  parser.on('opentagstart', () => (attributes = 0));
  parser.on('attribute', () => {
    if (++attributes > MAX_ATTRIBUTES) throw new Error('an element has more attributes than any of a workbook');
  });
  parser.on('opentag', (tag) => handlers.open?.(localName(tag.name), tag.attributes));
  parser.on('closetag', (tag) => handlers.close?.(localName(tag.name)));
  parser.on('text', (text) => handlers.text?.(text));
  parser.on('cdata', (text) => handlers.text?.(text));
  const decoder = new StringDecoder('utf8');
  for (let at = 0; at < bytes.length; at += STEP) {
    if (isDone()) return;
    const step = bytes.subarray(at, at + STEP);
    parser.write(decoder.write(Buffer.from(step.buffer, step.byteOffset, step.byteLength)));
  }
  parser.write(decoder.end());
  parser.close();
}

/** The name without its prefix: `x:row` is `row`. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
