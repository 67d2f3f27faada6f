import { describe, expect, it } from "vitest";
import { spansOf, textOf } from "@/hours/spans";

describe("the hours of a day", () => {
  it("are read as people type them", () => {
    const morning = { opens: "09:00", closes: "12:00" };
    const evening = { opens: "22:00", closes: "02:00" };
    expect(spansOf("9:00-12:00")).toEqual([morning]);
    expect(spansOf(" 09：00 – 12：00，22:00～2:00 ")).toEqual([morning, evening]);
    expect(spansOf("09:00至12:00 22:00 - 02:00")).toEqual([morning, evening]);
    expect(spansOf("00:00-24:00")).toEqual([{ opens: "00:00", closes: "24:00" }]);
  });

  it("are none when nothing is typed", () => expect(spansOf("  ")).toEqual([]));

  it.each(["9-12", "09:00", "09:60-10:00", "25:00-26:00", "24:00-08:00", "24:30-25:00", "morning"])(
    "are not guessed: %s",
    (text) => expect(spansOf(text)).toBeNull(),
  );

  it("are written as they are read", () => {
    const spans = spansOf("09:00-12:00, 13:00-18:00")!;
    expect(spansOf(textOf(spans))).toEqual(spans);
  });
});
