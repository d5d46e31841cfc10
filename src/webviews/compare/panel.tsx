import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { CopyButtons } from '../shared/copyButtons.js';
import type { Table } from '../shared/copyTable.js';
import { Visible } from '../shared/visible.js';
import { stepBetweenCells } from '../shared/tableKeys.js';
import type { Actions } from './actions.js';

interface Parts {
  readonly title: string;
  readonly about: string;
  /** The same numbers, to be copied. */
  readonly table: () => Table;
  readonly actions: Actions;
  readonly children: ComponentChildren;
}

/** A table with its heading, what it is of, and ways to take it elsewhere. */
export function Panel({ title, about, table, actions, children }: Parts) {
  const heading = useId();
  return (
    <section class="card" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>
          <Visible text={title} />
        </h2>
        <div class="tools" role="group" aria-label={`Copy ${title}`}>
          <CopyButtons table={table} copy={actions.copy} />
        </div>
      </header>
      <p class="about">{about}</p>
      {children}
    </section>
  );
}

/** A table that scrolls by itself where it is too broad; arrow keys go from number to number. */
export function Scrolls({ kind, caption, children }: { kind: string; caption: string; children: ComponentChildren }) {
  return (
    <div class="scrolls">
      <table class={kind} onKeyDown={stepBetweenCells}>
        <caption class="sr-only">{caption}</caption>
        {children}
      </table>
    </div>
  );
}

/** The heads of columns of numbers, each with what it means on pointing at it. */
export function Heads({ of }: { readonly of: readonly (readonly [name: string, title: string])[] }) {
  return (
    <>
      {of.map(([name, title]) => (
        <th key={name} scope="col" class="number" title={title}>
          {name}
        </th>
      ))}
    </>
  );
}
