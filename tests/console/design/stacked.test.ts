// @vitest-environment jsdom
import { expect, it } from "vitest";
import { nameCells } from "@/design/stacked";

const HEAD = '<thead><tr><th>Name</th><th> Load </th><th><span class="visually-hidden">Actions</span></th></tr></thead>';

it("every cell says its column's name, but for what can be done", () => {
  const table = document.createElement("table");
  table.innerHTML = `${HEAD}<tbody><tr><th>Lin</th><td>3</td><td>Change</td></tr></tbody>`;
  nameCells(table);
  expect([...table.tBodies[0]!.rows[0]!.cells].map(({ dataset }) => dataset.column)).toEqual(["Name", "Load", ""]);
});
