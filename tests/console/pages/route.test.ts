// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { addressOf, placeOf } from "@/pages/route";

describe("the address", () => {
  it("names a conversation, a page, or a place in a page", () => {
    expect(placeOf("")).toEqual({ page: "desk", rest: "", conversation: null });
    expect(placeOf("#4f2a")).toEqual({ page: "desk", rest: "", conversation: "4f2a" });
    expect(placeOf("#/rules")).toEqual({ page: "rules", rest: "", conversation: null });
    expect(placeOf("#/rules/3")).toEqual({ page: "rules", rest: "3", conversation: null });
  });

  it("leads back to where it was made for, signs and all", () => {
    for (const rest of ["", "3", "a/b c", "退款%"]) {
      expect(placeOf(addressOf("rules", rest))).toEqual({ page: "rules", rest, conversation: null });
    }
    expect(placeOf(addressOf("desk")).page).toBe("desk");
  });

  it("is taken as it stands where it was typed wrongly", () => expect(placeOf("#/rules/%E4%").rest).toBe("%E4%"));
});
