import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mayPadQuotes } from '../../../../src/core/formats/containers/csvPadding.js';
import { withFolder } from '../../store/support.js';

const CASES: Readonly<Record<string, boolean>> = {
  'a,b\n1,"x"\n': false,
  'a,b\n1,"he said ""yes"" , and ""no"" "\n': false,
  'a,b\n1,"he said, ""yes"" and, ""no""."\n': false,
  'a,b\n1,"[""left"", ""right""]"\n': false,
  'a,b\n1, x "y" z\n': false,
  'a,b\n1, "x"\n': true,
  'a,b\n1,   """x"" y"\n': true,
  'a,b\n1, """"\n': true,
  'a,b\n1, ""\n': true,
  'a,b\n "1",x\n': true,
  ' "a",b\n1,x\n': true,
  '\ufeff "a",b\n1,x\n': true,
  'a,b\n"1" ,x\n': true,
  'a,b\n"" ,x\n': true,
  'a,b\n1,"x" \n': true,
  'a,b\n1,"x"  \r\n': true,
  'a,b\n1,"x" ': true,
  'a,b\n1, "x': true,
  'a;b\n1, "x"\n': false,
};

describe('containers: blanks around the quotes of a cell', () => {
  it('are found, and little else', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'run.csv');
      for (const [text, expected] of Object.entries(CASES)) {
        await writeFile(file, text);
        assert.equal(await mayPadQuotes(file, text.startsWith('a;') ? ';' : ','), expected, JSON.stringify(text));
      }
    });
  });

  it('are found wherever a file is cut into pieces', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'run.csv');
      for (let shift = 0; shift < 8; shift++) {
        const filled = `a,b\n${'x'.repeat((1 << 20) - 10 + shift)},`;
        await writeFile(file, `${filled}  "y"\n`);
        assert.equal(await mayPadQuotes(file, ','), true);
        await writeFile(file, `${filled}"y""  ""z"\n`);
        assert.equal(await mayPadQuotes(file, ','), false);
      }
    });
  });
});
