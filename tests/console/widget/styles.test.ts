import { describe, expect, it } from "vitest";
import css from "@widget/ui/widget.css?raw";

const READABLE = 4.5; // WCAG 2 AA, for text of ordinary size
const VISIBLE = 3; // WCAG 2 AA, for edges and signs
const [light, dark] = css.split('.root[data-theme="dark"]') as [string, string];

function palette(...sources: string[]): Record<string, string> {
  const found = sources.flatMap((source) => [...source.matchAll(/--([a-z-]+):[^;]*?(#[0-9a-f]{6})\)*;/g)]);
  return Object.fromEntries(found.map(([, name, colour]) => [name!, colour!]));
}

describe.each([
  ["light", palette(light)],
  ["dark", palette(light, dark.split("}")[0]!)],
])("in the %s appearance", (_, colours) => {
  it.each([
    ...["surface", "page"].flatMap((on) => ["ink", "ink-soft", "accent-text", "bad"].map((text) => [text, on])),
    ["accent-ink", "accent"],
    ["warn", "warn-soft"],
    ["bad", "bad-soft"],
  ])("%s can be read on %s", (text, on) => expect(contrast(colours[text!]!, colours[on!]!)).toBeGreaterThanOrEqual(READABLE));

  it("what was not read can be counted", () => expect(contrast("#ffffff", colours.badge!)).toBeGreaterThanOrEqual(READABLE));

  it("a field has an edge to see", () => {
    expect(contrast(colours["line-strong"]!, colours.surface!)).toBeGreaterThanOrEqual(VISIBLE);
  });
});

it("the styles are their own: known variables, the scale, nothing from elsewhere", () => {
  const defined = new Set([...css.matchAll(/(--[\w-]+):/g)].map(([, name]) => name!));
  const used = [...css.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name!);
  expect(used.filter((name) => !defined.has(name) && !name.startsWith("--baton-"))).toEqual([]);
  expect(css.match(/url\(|@import|\d(rem|vmin)\b/)).toBe(null);
  const sizes = [...css.matchAll(/font-size: ([^;]+);/g)].map(([, size]) => size!);
  expect(sizes.filter((size) => !size.startsWith("var(--text-") && size !== "16px")).toEqual([]);
});

it("a site's most urgent styles do not win against those of the host", () => {
  const host = /:host \{([^}]*)\}/.exec(css)![1]!.trim().split("\n");
  expect(host[0]!.trim()).toBe("all: initial !important;");
  expect(host.filter((line) => !line.trim().endsWith("!important;"))).toEqual([]);
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
