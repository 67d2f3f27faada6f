import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamEvent } from "@/stream/events";
import { CustomerTypes, SHOWN, Telling } from "@/typing/typing";
import { message } from "../things";

const types = (conversation_id: string): StreamEvent => ({
  type: "conversation.customer_typing",
  data: { conversation_id },
});
const says = (author: "customer" | "bot"): StreamEvent => ({
  type: "message.added",
  data: { conversation_id: "c", message: message("m", { author }) },
});

describe("the customer types", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is shown for six seconds after the last word of it", () => {
    const customer = new CustomerTypes("c");
    customer.hear(types("c"));
    vi.advanceTimersByTime(SHOWN - 1);
    customer.hear(types("c"));
    vi.advanceTimersByTime(SHOWN - 1);
    expect(customer.typing.value).toBe(true);
    vi.advanceTimersByTime(1);
    expect(customer.typing.value).toBe(false);
  });

  it("ends with what was typed, and with nobody else's words", () => {
    const customer = new CustomerTypes("c");
    customer.hear(types("c"));
    customer.hear(says("bot"));
    expect(customer.typing.value).toBe(true);
    customer.hear(says("customer"));
    expect(customer.typing.value).toBe(false);
  });

  it("is not shown in another conversation", () => {
    const customer = new CustomerTypes("c");
    customer.hear(types("other"));
    expect(customer.typing.value).toBe(false);
  });
});

describe("the agent types", () => {
  it("is told at most every three seconds, whatever becomes of it", () => {
    const told: string[] = [];
    const telling = new Telling((id) => {
      told.push(id);
      return Promise.reject(new Error("away"));
    });
    for (const now of [0, 1000, 2999, 3000]) telling.typed("c", now);
    telling.typed("d", 3000);
    expect(told).toEqual(["c", "c", "d"]);
  });
});
