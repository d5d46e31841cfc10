import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { RELATION_FAMILIES, familyOf } from '../../../src/core/relations/families.js';
import { describeReal, realData } from '../../support/realData.js';

describe('relations: families', () => {
  it('keeps the family apart from the direction', () => {
    assert.equal(familyOf('at the left side of'), 'adjacency');
    assert.equal(familyOf('left of'), 'projective');
    assert.equal(familyOf('on'), 'topological');
    assert.equal(familyOf('on top of'), 'projective');
  });

  it('does not mind case or spacing, and has no family for what VSR does not list', () => {
    assert.equal(familyOf('  In  Front of '), 'projective');
    assert.equal(familyOf('north of'), null);
    assert.equal(familyOf('constructor'), null);
    assert.equal(familyOf(''), null);
  });

  it('counts "among", which VSR lists twice, as unallocated', () => {
    assert.equal(familyOf('among'), 'unallocated');
  });
});

describeReal('relations: families, published table', () => {
  it('agrees with every line, the later of two where a relation is listed twice', async () => {
    const text = await readFile(realData('vsr', 'rel_meta_category_dict.txt'), 'utf8');
    const published = new Map<string, string>();
    const families: string[] = [];
    for (const line of text.trim().split('\n')) {
      const [family = '', relations = ''] = line.split(': ');
      families.push(family.toLowerCase());
      for (const relation of relations.split(',')) published.set(relation.trim(), family.toLowerCase());
    }
    assert.deepEqual([...RELATION_FAMILIES], families);
    assert.equal(published.size, 70);
    for (const [relation, family] of published) assert.equal(familyOf(relation), family, relation);
  });
});
