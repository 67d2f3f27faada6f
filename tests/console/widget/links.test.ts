import { describe, expect, it } from "vitest";
import { linkTo, pictureAt, pieces } from "@widget/text/links";

const links = (text: string) => pieces(text).flatMap((piece) => (typeof piece === "string" ? [] : [piece.href]));
const whole = (text: string) => pieces(text).map((piece) => (typeof piece === "string" ? piece : piece.text)).join("");

describe("what may be followed", () => {
  it.each([
    ["see https://shop.example/a?b=1#c.", ["https://shop.example/a?b=1#c"]],
    ["网址是https://shop.example/订单，请查收", ["https://shop.example/%E8%AE%A2%E5%8D%95"]],
    ["(https://en.example/wiki/Tea_(drink)) and (http://b.example)", ["https://en.example/wiki/Tea_(drink)", "http://b.example/"]],
    ["写信 mailto:help@shop.example 或打 tel:+86-400-123-4567。", ["mailto:help@shop.example", "tel:+86-400-123-4567"]],
    ["HTTPS://SHOP.EXAMPLE/x!", ["https://shop.example/x"]],
  ])("%s", (text, expected) => {
    expect(links(text)).toEqual(expected);
    expect(whole(text)).toBe(text);
  });
});

describe("what stays text", () => {
  it.each([
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x file:///etc/passwd ftp://a.example",
    "https://bank.example@elsewhere.example/",
    "https://user:secret@shop.example",
    "https://shop.example/\u202egpj.exe",
    "https://sh\u200bop.example",
    "https://",
    "mailto:nobody",
    "tel:call-me",
    "<a href=https:x>",
  ])("%j", (text) => {
    expect(links(text)).toEqual([]);
    expect(whole(text)).toBe(text);
  });

  it("a long text is read in little time", () => {
    const text = "https://a.example/((((".repeat(3000);
    const began = performance.now();
    expect(whole(text)).toBe(text);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

it("pictures come from the web or with the message", () => {
  expect(pictureAt("https://shop.example/a.png")).toBe("https://shop.example/a.png");
  expect(pictureAt("data:image/png;base64,AAAA")).toBe("data:image/png;base64,AAAA");
  for (const address of ["javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "/a.png", "blob:https://a/b", ""]) {
    expect(pictureAt(address)).toBe("");
  }
  expect(linkTo("")).toBe("");
});
