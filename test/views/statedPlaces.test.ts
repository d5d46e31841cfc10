import assert from 'node:assert/strict';
import path from 'node:path';
import { endpointsOf, placesOf, shownAddress } from '../../src/views/models/statedPlaces.js';

const ONE = path.resolve('/work/one');
const TWO = path.resolve('/work/two');

describe('where the settings say that models are', () => {
  it('is nowhere, with what is usual, where nothing is set, or what is set is of another type', () => {
    const nothing = { folders: [], processes: [], device: null, memoryLimit: 4e9 };
    assert.deepEqual(placesOf({}, [ONE]), nothing);
    const odd = { folders: 'models', processes: { command: ['python3'] }, device: 3, memoryGigabytes: -1 };
    assert.deepEqual(placesOf(odd, [ONE]), nothing);
    assert.deepEqual(placesOf({ folders: [1, null, ' '], processes: [null, 3, {}, { command: [] }] }, [ONE]), nothing);
    for (const value of [undefined, null, 'http://127.0.0.1/v1', [null, 7, {}, { url: ' ' }]]) {
      assert.deepEqual(endpointsOf(value), []);
    }
  });

  it('takes relative folders from each folder of the workspace, each once, and none where none is open', () => {
    const absolute = path.resolve('/data/models');
    const folders = ['models', '${workspaceFolder}/models', `${absolute}${path.sep}`, absolute, '../shared'];
    assert.deepEqual(placesOf({ folders }, [ONE, TWO]).folders, [
      path.join(ONE, 'models'),
      path.join(TWO, 'models'),
      absolute,
      path.resolve(ONE, '..', 'shared'),
    ]);
    assert.deepEqual(placesOf({ folders: ['models', absolute] }, []).folders, [absolute]);
  });

  it('takes a program by the words of its command, named by itself where no name is given', () => {
    const command = ['/usr/bin/python3', 'hf_backend.py', '--model', 'a folder'];
    assert.deepEqual(placesOf({ processes: [{ command }, { name: 'mine', command, cwd: ' /work ' }] }, []).processes, [
      { name: 'python3', command, cwd: null },
      { name: 'mine', command, cwd: '/work' },
    ]);
  });

  it('takes one provider where one is named, and gigabytes as bytes', () => {
    const { device, memoryLimit } = placesOf({ device: ' cpu ', memoryGigabytes: 0.5 }, []);
    assert.deepEqual([device, memoryLimit], ['cpu', 5e8]);
    assert.equal(placesOf({ device: 'auto' }, []).device, null);
  });

  it('names a server by its host, and keeps what is no address, so that it is told', () => {
    assert.deepEqual(
      endpointsOf([
        { url: 'http://127.0.0.1:8000/v1' },
        { name: 'lab', url: ' https://example.org/v1 ', model: 'vl' },
        { url: 'nonsense' },
      ]),
      [
        { name: '127.0.0.1:8000', url: 'http://127.0.0.1:8000/v1', model: null },
        { name: 'lab', url: 'https://example.org/v1', model: 'vl' },
        { name: 'nonsense', url: 'nonsense', model: null },
      ],
    );
  });

  it('shows an address without name, password and what follows its path', () => {
    assert.equal(shownAddress('https://me:secret@example.org:8443/v1?key=secret#x'), 'https://example.org:8443/v1');
    assert.equal(shownAddress('nonsense'), 'nonsense');
  });
});
