/** Which platforms a native file runs on, by its first bytes: names may say anything. */

const PROCESSORS = {
  elf: { 0x3e: 'x64', 0xb7: 'arm64' },
  mach: { 0x01000007: 'x64', 0x0100000c: 'arm64' },
  pe: { 0x8664: 'x64', 0xaa64: 'arm64' },
};

/** A Mach-O file for several processors begins like a Java class; that many processors there are not. */
const MOST_PARTS = 16;

function fatParts(head) {
  const count = head.readUInt32BE(4);
  if (count > MOST_PARTS || head.length < 8 + 20 * count) return [];
  return Array.from({ length: count }, (_, part) => head.readUInt32BE(8 + 20 * part));
}

/**
 * The targets that a native file is built for; empty where these bytes begin none.
 * @param head the file's first bytes, some thousands
 */
export function platformsOf(head) {
  if (head.length < 64) return [];
  const named = (system, kind, codes) =>
    codes.map((code) => `${system}-${PROCESSORS[kind][code] ?? `processor-0x${code.toString(16)}`}`);
  if (head.readUInt32BE(0) === 0x7f454c46) return named('linux', 'elf', [head.readUInt16LE(18)]);
  if (head.readUInt32LE(0) === 0xfeedfacf) return named('darwin', 'mach', [head.readUInt32LE(4)]);
  if (head.readUInt32BE(0) === 0xcafebabe) return named('darwin', 'mach', fatParts(head));
  if (head.toString('latin1', 0, 2) === 'MZ') {
    const at = head.readUInt32LE(0x3c);
    const isProgram = at + 6 <= head.length && head.toString('latin1', at, at + 4) === 'PE\0\0';
    return isProgram ? named('win32', 'pe', [head.readUInt16LE(at + 4)]) : [];
  }
  return [];
}
