/**
 * Where a path names the scene that a picture shows: a folder called "scene0011_00" or the like. Its first group is the name. Written
 * so that DuckDB's engine reads it, too.
 */
export const SCENE_IN_PATH = '(?:^|[\\\\/])(scene[\\w-]*\\d[\\w-]*)[\\\\/]';

const SCENE = new RegExp(SCENE_IN_PATH, 'i');

/** The scene that a picture's path names; null where it names none. */
export function sceneIn(path: string): string | null {
  return SCENE.exec(path)?.[1] ?? null;
}
