/** The seven families of spatial relations that VSR reports by. */
export type RelationFamily =
  'adjacency' | 'directional' | 'orientation' | 'projective' | 'proximity' | 'topological' | 'unallocated';

const RELATIONS: Readonly<Record<RelationFamily, readonly string[]>> = {
  adjacency: [
    'adjacent to',
    'alongside',
    'at the side of',
    'at the right side of',
    'at the left side of',
    'attached to',
    'at the back of',
    'ahead of',
    'against',
    'at the edge of',
  ],
  directional: [
    'off',
    'past',
    'toward',
    'down',
    'deep down',
    'up',
    'away from',
    'along',
    'around',
    'from',
    'into',
    'to',
    'across',
    'across from',
    'through',
    'down from',
  ],
  orientation: ['facing', 'facing away from', 'parallel to', 'perpendicular to'],
  projective: [
    'on top of',
    'beneath',
    'beside',
    'behind',
    'left of',
    'right of',
    'under',
    'in front of',
    'below',
    'above',
    'over',
    'in the middle of',
  ],
  proximity: ['by', 'close to', 'near', 'far from', 'far away from'],
  topological: [
    'connected to',
    'detached from',
    'has as a part',
    'part of',
    'contains',
    'within',
    'at',
    'on',
    'in',
    'with',
    'surrounding',
    'consists of',
    'out of',
    'between',
    'inside',
    'outside',
    'touching',
  ],
  // The published table lists "among" twice, under topological and here; its authors' script lets the later line win.
  unallocated: ['beyond', 'next to', 'opposite to', 'after', 'among', 'enclosed by'],
};

export const RELATION_FAMILIES = Object.keys(RELATIONS) as readonly RelationFamily[];

const FAMILY = new Map<string, RelationFamily>(
  RELATION_FAMILIES.flatMap((family) => RELATIONS[family].map((relation) => [relation, family] as const)),
);

/**
 * The family of a spatial relation ("at the left side of" -> "adjacency"), which stands beside its direction and is
 * independent of it. Case and spacing do not matter; a relation that VSR does not list has no family (null).
 *
 * Source: Liu, Emerson & Collier 2023, "Visual Spatial Reasoning" (VSR), rel_meta_category_dict. "among", which that table
 * lists twice, is unallocated, as in the authors' eval_compute_acc_by_rel_meta_cat.py, where the last line read wins.
 */
export function familyOf(relation: string): RelationFamily | null {
  return FAMILY.get(relation.trim().toLowerCase().replace(/\s+/g, ' ')) ?? null;
}
