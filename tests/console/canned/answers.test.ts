import { describe, expect, it } from "vitest";
import { CannedAnswers } from "@/canned/answers";
import type { CannedAnswer } from "@/canned/api";
import { settled } from "../things";

const answer = (id: string, updated_at = "2026-03-02T09:00:00Z", title = id): CannedAnswer => ({
  id,
  shared: true,
  category: "",
  title,
  shortcut: null,
  texts: { zh: id },
  created_at: "2026-03-02T09:00:00Z",
  updated_at,
});

const titles = ({ answers }: CannedAnswers) => [...answers.values()].map(({ title }) => title).sort();

describe("the canned answers", () => {
  it("are fetched once, when they are first wanted", async () => {
    let asked = 0;
    const canned = new CannedAnswers(async () => (asked++, [answer("a")]));
    await canned.again();
    expect([asked, canned.state.value]).toEqual([0, "unknown"]);
    await canned.want();
    await canned.want();
    expect([asked, canned.state.value, titles(canned)]).toEqual([1, "known", ["a"]]);
  });

  it("keep what the stream told while they were on their way", async () => {
    let arrive!: (answers: CannedAnswer[]) => void;
    const canned = new CannedAnswers(() => new Promise((resolve) => (arrive = resolve)));
    const wanted = canned.want();
    canned.apply({ type: "canned.updated", data: { answer: answer("a", "2026-03-02T09:00:09Z", "newer") } });
    canned.apply({ type: "canned.removed", data: { id: "b" } });
    arrive([answer("a"), answer("b"), answer("c")]);
    await wanted;
    expect(titles(canned)).toEqual(["c", "newer"]);
  });

  it("lose after a lost line what has been removed meanwhile", async () => {
    let there = [answer("a"), answer("b")];
    const canned = new CannedAnswers(async () => there);
    await canned.want();
    there = [answer("b")];
    await canned.again();
    expect(titles(canned)).toEqual(["b"]);
  });

  it("do not take an older version for news", async () => {
    const canned = new CannedAnswers(async () => []);
    canned.put(answer("a", "2026-03-02T09:00:05Z", "new"));
    canned.put(answer("a", "2026-03-02T09:00:01Z", "old"));
    expect(titles(canned)).toEqual(["new"]);
  });

  it("can be asked for again when they could not be had", async () => {
    let works = false;
    const canned = new CannedAnswers(async () => {
      if (!works) throw new Error("away");
      return [answer("a")];
    });
    await canned.want();
    expect(canned.state.value).toBe("failed");
    works = true;
    await canned.want();
    await settled();
    expect([canned.state.value, titles(canned)]).toEqual(["known", ["a"]]);
  });
});
