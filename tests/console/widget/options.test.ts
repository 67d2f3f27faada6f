import { describe, expect, it } from "vitest";
import { customerIn } from "@widget/line/customer";
import { readOptions } from "@widget/options";
import { contactProblem } from "@widget/text/contact";
import { sizeOf } from "@widget/text/sizes";

describe("what a site says", () => {
  it("is taken from its script tag", () => {
    const given = { webchat: "https://bot.example/rasa/", site: "shop", language: "zh-CN", side: "left", title: "Help", theme: "dark", inline: "#here" };
    expect(readOptions(given)).toEqual({
      webchat: "https://bot.example/rasa",
      site: "shop",
      language: "zh",
      inline: "#here",
      side: "left",
      title: "Help",
      theme: "dark",
      customer: null,
    });
  });

  it("needs nothing but the address", () => {
    const options = readOptions({ webchat: "http://127.0.0.1:5005" });
    expect(options).toMatchObject({ webchat: "http://127.0.0.1:5005", site: "default", language: null, side: "right", theme: null });
  });

  it.each(["", "bot.example", "javascript:alert(1)", "/rasa"])("must be an address that can be called: %j", (webchat) =>
    expect(() => readOptions({ webchat })).toThrow("data-webchat"));
});

it("a signed token is read for whom it names, and is a secret of its own otherwise", () => {
  const part = btoa(JSON.stringify({ sub: "客户 7" }).replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`));
  expect(customerIn(`${part}.signature`)).toBe("客户 7");
  expect(customerIn("spoilt")).toBe("spoilt");
  expect(customerIn(null)).toBe(null);
});

it.each([
  [{ email: "", phone: "" }, "leave.no_contact"],
  [{ email: "li@shop" }, "leave.bad_email"],
  [{ email: "li at shop.example" }, "leave.bad_email"],
  [{ phone: "12" }, "leave.bad_phone"],
  [{ phone: "call me" }, "leave.bad_phone"],
  [{ email: "li@shop.example", text: " " }, "leave.no_text"],
  [{ email: "li.na+x@shop.example" }, undefined],
  [{ phone: "+86 138-0013-8000" }, undefined],
  [{ email: "李娜@例子.中国" }, undefined],
])("a contact is checked as far as one can see: %j", (given, expected) => {
  expect(contactProblem({ email: "", phone: "", text: "hello", ...given })?.key).toBe(expected);
});

it("sizes are as people read them", () => {
  expect([640, 12_500, 3_000_000].map((bytes) => sizeOf(bytes, "en"))).toEqual(["640B", "12.5kB", "3MB"]);
});
