/** What the wall asks of the service. */
import { call } from "@/api";
import type { components } from "@/api/schema";

export type Wall = components["schemas"]["WallOut"];
export type Figures = components["schemas"]["Figures"];
export type Level = components["schemas"]["LevelOut"];

export const wall = () => call<Wall>("GET", "/wall");
