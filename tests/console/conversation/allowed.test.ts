import { describe, expect, it } from "vitest";
import { allowed } from "@/conversation/allowed";
import { conversation, mei } from "../things";

const sams = conversation("c", { owner: "agent", assignee: { id: "sam", name: "Sam" }, team: { id: "t", name: "T" } });
const queued = conversation("q", { owner: "queue", team: { id: "t", name: "T" } });
const may = (...given: Parameters<typeof allowed>) =>
  Object.entries(allowed(...given)).filter(([, yes]) => yes).map(([name]) => name);

describe("what a colleague holds", () => {
  it("is not an agent's to touch", () => expect(may(sams, mei)).toEqual(["note"]));
  it("is taken over, passed on and ended by who leads the team", () =>
    expect(may(sams, mei, "t")).toEqual(["note", "claim", "end", "transfer"]));
  it("is another team's to who leads this one", () => expect(may(sams, mei, "u")).toEqual(["note"]));
  it("is a supervisor's to watch over", () =>
    expect(may(sams, { ...mei, role: "supervisor" })).toEqual(["note", "claim", "end", "transfer"]));
});

it("what waits is anybody's to take, and passed on by who watches over it", () => {
  expect(may(queued, mei)).toEqual(["note", "claim", "end"]);
  expect(may(queued, mei, "t")).toEqual(["note", "claim", "end", "transfer"]);
});

it("what people elsewhere answer is only ended here, once they have", () =>
  expect(may({ ...queued, outside: true }, mei, "t")).toEqual(["note", "end"]));

it("what is one's own is not taken over again", () =>
  expect(may({ ...sams, assignee: { id: "mei", name: "Mei" } }, { ...mei, role: "supervisor" })).toEqual(["mine", "note", "end", "transfer"]));
