import { describe, expect, it } from "vitest";
import type { Category } from "@/closing/api";
import { Categories, nameOf, parentsFor, pathOf, siblingsOf } from "@/closing/categories";

const category = (id: string, parent_id: string | null, names: Category["names"] = { zh: `${id}中`, en: id }): Category => ({
  id,
  parent_id,
  level: 1,
  names,
  topics: [],
  active: true,
  usable: true,
  used: false,
});

const LIST = [category("a", null), category("b", null), category("b1", "b"), category("b2", "b", { zh: "二" })];

describe("closing categories", () => {
  it("are named in the agent's language, else in the other", () => {
    expect([nameOf(LIST[0]!, "zh"), nameOf(LIST[3]!, "en")]).toEqual(["a中", "二"]);
    expect([pathOf(LIST, "b1", "en"), pathOf(LIST, "a", "zh"), pathOf(LIST, "gone", "en"), pathOf(LIST, null, "en")]).toEqual([
      "b › b1",
      "a中",
      "",
      "",
    ]);
  });

  it("know who stands beside them", () => expect(siblingsOf(LIST, LIST[2]!).map(({ id }) => id)).toEqual(["b1", "b2"]));

  it("may be moved below others, never inside themselves or too deep", () => {
    const deep = [
      { ...category("a", null), level: 1 },
      { ...category("a1", "a"), level: 2 },
      { ...category("b", null), level: 1 },
      { ...category("b1", "b"), level: 2 },
      { ...category("b11", "b1"), level: 3 },
    ];
    const places = (id: string) => parentsFor(deep, deep.find((each) => each.id === id)!).map((each) => each.id);
    expect([places("a"), places("a1"), places("b"), places("b11")]).toEqual([["b"], ["a", "b", "b1"], [], ["a", "a1", "b", "b1"]]);
  });

  it("are fetched when wanted, and again when they have changed; the latest answer counts", async () => {
    const answers: ((list: Category[]) => void)[] = [];
    const categories = new Categories(() => new Promise((resolve) => answers.push(resolve)));
    categories.apply({ type: "closing.updated", data: {} });
    expect(answers).toHaveLength(0);
    const wanted = categories.want();
    answers[0]!([category("a", null)]);
    await wanted;
    const [one, two] = [categories.again(), categories.again()];
    answers[2]!(LIST);
    answers[1]!([]);
    await Promise.all([one, two]);
    expect(categories.list.value).toHaveLength(LIST.length);
  });
});
