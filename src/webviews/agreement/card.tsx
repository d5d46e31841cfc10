import type { ComponentChildren } from 'preact';
import { stepBetweenCells } from '../shared/tableKeys.js';

interface Parts {
  readonly title: string;
  readonly about?: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of the page, under its title. */
export function Card({ title, about, tools, children }: Parts) {
  return (
    <section class="card" aria-label={title} onKeyDown={stepBetweenCells}>
      <header>
        <h2>{title}</h2>
        {tools !== undefined && <div class="tools">{tools}</div>}
      </header>
      {about !== undefined && <p class="about">{about}</p>}
      <div class="scrolls">{children}</div>
    </section>
  );
}

interface TableParts {
  readonly heads: readonly string[];
  /** The first so many columns are words, all others numbers. */
  readonly words: number;
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** A table of words and numbers. */
export function DataTable({ heads, words, rows }: TableParts) {
  const kind = (at: number): string => (at < words ? '' : 'number');
  return (
    <table class="data">
      <thead>
        <tr>
          {heads.map((head, at) => (
            <th key={head} scope="col" class={kind(at)}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, at) =>
              at === 0 ? (
                <th key={at} scope="row">
                  {cell}
                </th>
              ) : (
                <td key={at} class={kind(at)}>
                  {cell}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
