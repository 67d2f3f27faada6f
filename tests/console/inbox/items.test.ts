import { expect, it } from "vitest";
import { heightOf, itemsOf, type Group } from "@/inbox/items";
import { conversation } from "../things";

const group = (id: string, given: Partial<Group> = {}): Group => ({
  ...{ id, title: id, count: "0", open: true, folds: true, conversations: [], empty: "none", more: false },
  ...given,
});

it("an open group has its rows or a word that there is none, a folded one its heading alone", () => {
  const rows = [conversation("a"), conversation("b")];
  const items = itemsOf([group("mine", { conversations: rows }), group("queue"), group("bot", { open: false, conversations: rows })]);
  expect(items.map(({ key }) => key)).toEqual(["heading mine", "a", "b", "heading queue", "empty queue", "heading bot"]);
  expect(items.map((item) => item.kind === "row" && item.last)).toEqual([false, false, true, false, false, false]);
});

it("a row without a handoff is lower: there is no reason to tell", () => {
  const handoff = { id: "h", rule: null, reasons: [], relaxed: [], requested_at: "", mark: null };
  const [, plain, asked] = itemsOf([group("all", { conversations: [conversation("a"), conversation("b", { handoff })] })]);
  expect(heightOf(plain!)).toBeLessThan(heightOf(asked!));
});
