import { describe, expect, it } from "vitest";
import { filesOf, fitted, shapeOf, sizeText } from "@/attachments/files";

const photo = { id: "f", name: "a.png", type: "image/png", size: 7, width: 30, height: 20, url: "/api/v1/attachments/f" };

describe("files of a message", () => {
  it("are the stored ones, not what a bot's message has beside its text", () => {
    const others = [null, "x", { image: "https://x/y.png" }, { id: "f", name: "a" }, { ...photo, size: "7" }];
    expect(filesOf([...others, photo])).toEqual([photo]);
  });

  it("are shown as pictures only where their size is known", () => {
    expect(shapeOf(photo)).toBe("image");
    expect(shapeOf({ ...photo, width: null, height: null })).toBe("file");
    expect(shapeOf({ ...photo, type: "audio/ogg" })).toBe("audio");
    expect(shapeOf({ ...photo, type: "video/mp4" })).toBe("video");
    expect(shapeOf({ ...photo, type: "application/pdf" })).toBe("file");
  });

  it.each([
    [1, "0.1 kB"],
    [1_000, "1 kB"],
    [1_234, "1.2 kB"],
    [45_678, "46 kB"],
    [20_971_520, "21 MB"],
    [3_400_000_000, "3.4 GB"],
  ])("tells %i bytes as %s", (bytes, text) => expect(sizeText(bytes, "en")).toBe(text));

  it("fits pictures into a box without changing their proportions or enlarging them", () => {
    const box = { width: 280, height: 220 };
    expect(fitted(30, 20, box)).toEqual({ width: 30, height: 20 });
    expect(fitted(2800, 1400, box)).toEqual({ width: 280, height: 140 });
    expect(fitted(100, 44_000, box)).toEqual({ width: 1, height: 220 });
  });
});
