/** Arrow keys go from a button of a table to that of the next cell that has one. */
export function stepBetweenCells(event: KeyboardEvent): void {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  const cell = (event.target as HTMLElement).closest('td, th');
  const row = cell?.parentElement;
  if (step === undefined || !(row instanceof HTMLTableRowElement) || !(cell instanceof HTMLTableCellElement)) return;
  const table = row.closest('table');
  const [down = 0, right = 0] = step;
  for (let y = row.rowIndex + down, x = cell.cellIndex + right; ; y += down, x += right) {
    const next = table?.rows[y]?.cells[x];
    if (next === undefined) return;
    const button = next.querySelector('button');
    if (button === null) continue;
    button.focus();
    event.preventDefault();
    event.stopPropagation();
    return;
  }
}
