/** Skills as people type them, and who has which. Pure. */
import type { Agent } from "@/api";

/** Those of a text, apart by commas of either language or by spaces, each once. */
export function skillsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,，、;；]+/).filter(Boolean))];
}

export interface SkillLine {
  skill: string;
  /** Active agents who have it, by name. */
  agents: string[];
  online: number;
}

/** Every skill that an active agent has, by name of the skill. */
export function skillLines(agents: readonly Agent[]): SkillLine[] {
  const lines = new Map<string, SkillLine>();
  for (const { active, role, skills, name, presence } of agents) {
    if (!active || role !== "agent") continue;
    for (const skill of skills) {
      const line = lines.get(skill) ?? { skill, agents: [], online: 0 };
      line.agents.push(name);
      if (presence === "online") line.online += 1;
      lines.set(skill, line);
    }
  }
  return [...lines.values()].sort((a, b) => (a.skill < b.skill ? -1 : 1));
}
