// @vitest-environment jsdom
import { afterEach, expect, it } from "vitest";
import { useLanguage } from "@/i18n";
import { factText, listed } from "@/i18n/words";

afterEach(() => useLanguage("en"));

it.each([
  ["recent_topic", "refund", "当前话题：退款"],
  ["customer.tier", "gold", "客户等级：金卡"],
  ["rejects_answer", "yes", "不认可答复：是"],
  ["sentiment", -0.5, "情绪：-0.5"],
  ["a_site's_own", { of: 1 }, 'a_site\'s_own：{"of":1}'],
])("what was found is told in the language: %s", (field, value, told) => {
  useLanguage("zh");
  expect(factText(field, value)).toBe(told);
});

it("names are listed as the language writes them", () => {
  useLanguage("zh");
  expect(listed(["林晓", "周子航"])).toBe("林晓、周子航");
  useLanguage("en");
  expect(listed(["Lin", "Sam"])).toBe("Lin, Sam");
});
