/** `v-stacked` on a table: on a phone each of its rows is a card (base.css), in which every cell says its column's name. */
import type { ObjectDirective } from "vue";

export const vStacked: ObjectDirective<HTMLTableElement> = { mounted: nameCells, updated: nameCells };

/** What can be done with a row has a column without a name to see, and so have its cells. */
export function nameCells(table: HTMLTableElement): void {
  table.classList.add("stacked");
  const columns = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) =>
    cell.querySelector(".visually-hidden") ? "" : (cell.textContent ?? "").trim(),
  );
  for (const row of [...table.tBodies].flatMap(({ rows }) => [...rows])) {
    for (const [index, cell] of [...row.cells].entries()) cell.dataset.column = columns[index] ?? "";
  }
}
