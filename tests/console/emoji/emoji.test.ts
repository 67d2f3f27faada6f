import { describe, expect, it } from "vitest";
import { EMOJI, emojiFor, nameOf } from "@/emoji/emoji";

describe("the emoji", () => {
  it("are each there once, one sign each, with words in both languages", () => {
    expect(new Set(EMOJI.map(({ sign }) => sign)).size).toBe(EMOJI.length);
    const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
    for (const { sign, en, zh } of EMOJI) {
      expect([sign, [...segmenter.segment(sign)].length]).toEqual([sign, 1]);
      expect(sign).toMatch(/\p{Emoji}/u);
      expect(en).toMatch(/^[a-z ]+$/);
      expect(zh).toMatch(/^[一-鿿 ]+$/);
    }
    expect(EMOJI.length).toBeGreaterThan(90);
  });

  it.each([
    ["thanks", "🙏"],
    ["Thumbs Up", "👍"],
    ["感谢", "🙏"],
    ["快递", "📦"],
    ["退款", "↩️"],
    ["❤️", "❤️"],
  ])("are found by %s", (typed, sign) => expect(emojiFor(typed).map((each) => each.sign)).toContain(sign));

  it("are all there for nothing, and none for nonsense", () => {
    expect(emojiFor(" ")).toHaveLength(EMOJI.length);
    expect(emojiFor("qqq")).toEqual([]);
  });

  it("have a name to be read out", () => {
    const thumb = emojiFor("👍")[0]!;
    expect([nameOf(thumb, "zh"), nameOf(thumb, "en")]).toEqual(["赞", "thumbs"]);
  });
});
