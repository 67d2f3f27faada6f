import { describe, expect, it } from "vitest";

const READABLE = 4.5; // WCAG 2 AA, for text of ordinary size
const VISIBLE = 3; // WCAG 2 AA, for the edge of a field
const styles = import.meta.glob<string>("../../../console/src/**/*.{css,vue}", {
  query: "?raw",
  import: "default",
  eager: true,
});
const tokens = styles["../../../console/src/design/tokens.css"]!;
const pairs = Object.fromEntries(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name, [light!, dark!]]),
);

const ON: [text: string, surface: string][] = [
  ...["page", "surface", "sunken", "accent-soft", "bot-soft", "warn-soft"].map((surface): [string, string] => ["ink", surface]),
  ...["page", "surface", "sunken", "accent-soft", "warn-soft"].map((surface): [string, string] => ["ink-soft", surface]),
  ["accent-ink", "accent"],
  ...["surface", "page", "accent-soft"].map((surface): [string, string] => ["accent", surface]),
  ...["good", "warn", "bad"].flatMap((each): [string, string][] => [[each, "surface"], [each, "page"], [each, `${each}-soft`]]),
  ["bot-ink", "surface"],
  ["bot-ink", "bot-soft"],
  ["surface", "bad"],
];

describe.each([["light", 0], ["dark", 1]] as const)("in the %s appearance", (_, index) => {
  const colour = (name: string) => pairs[name]![index]!;
  it.each(ON)("%s can be read on %s", (text, surface) =>
    expect(contrast(colour(text), colour(surface))).toBeGreaterThanOrEqual(READABLE));
  it("a field has an edge to see", () => expect(contrast(colour("line-strong"), colour("surface"))).toBeGreaterThanOrEqual(VISIBLE));
});

it("styles use the scales and the colours, and load nothing from elsewhere", () => {
  const defined = new Set([...tokens.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  for (const [name, source] of Object.entries(styles)) {
    expect([...source.matchAll(/var\((--[\w-]+)/g)].filter(([, each]) => !defined.has(each)), name).toEqual([]);
    expect(source.match(/url\(|@import/), name).toBe(null);
    expect(source.match(/\bv-html\b|innerHTML|\sstyle="/), name).toBe(null);
  }
});

function contrast(one: string, other: string): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((place) => parseInt(colour.slice(place, place + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
