import { describe, expect, it } from "vitest";
import { skillLines, skillsOf } from "@/people/skills";
import { mei } from "../things";

describe("skills", () => {
  it("are read as they are typed, in either language's commas", () => {
    expect(skillsOf(" zh, en，refund、risk  zh ")).toEqual(["zh", "en", "refund", "risk"]);
    expect(skillsOf(" , ")).toEqual([]);
  });

  it("are listed with who has them, without who left or only supervises", () => {
    const lines = skillLines([
      { ...mei, skills: ["zh", "loan"] },
      { ...mei, id: "lin", name: "Lin", skills: ["zh"], presence: "away" },
      { ...mei, id: "old", name: "Old", skills: ["fax"], active: false },
      { ...mei, id: "vera", name: "Vera", skills: ["en"], role: "supervisor" },
    ]);
    expect(lines).toEqual([
      { skill: "loan", agents: ["Mei"], online: 1 },
      { skill: "zh", agents: ["Mei", "Lin"], online: 1 },
    ]);
  });
});
