import { describe, expect, it } from "vitest";
import type { Colleague } from "@/api";
import { byReach, canTake, skillsOf } from "@/conversation/transferring";

const colleague = (name: string, given: Partial<Colleague> = {}): Colleague => ({
  ...{ id: name, name, presence: "online", skills: ["zh"], team_id: null, has_room: true },
  ...given,
});

describe("passing on", () => {
  const ada = colleague("ada", { presence: "offline", skills: ["zh", "loan"] });
  const ben = colleague("ben", { has_room: false, skills: ["risk"] });
  const mei = colleague("mei");
  const sam = colleague("sam", { presence: "away" });

  it("is possible to who is online and has room", () =>
    expect([ada, ben, mei, sam].map(canTake)).toEqual([false, false, true, false]));

  it("shows first who can take it, and leaves the order of the names", () =>
    expect(byReach([ada, ben, mei, sam]).map(({ name }) => name)).toEqual(["mei", "ada", "ben", "sam"]));

  it("offers each skill once, also of who is not there: the queue waits for them", () =>
    expect(skillsOf([ada, ben, mei])).toEqual(["loan", "risk", "zh"]));
});
