// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api } from "@/api";
import { EVERY, reportActivity } from "@/presence/activity";

let stop = () => {};
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});
const click = () => dispatchEvent(new Event("pointerdown"));

it("tells of the first sign of life and then at most once a minute", () => {
  const told = vi.spyOn(api, "active").mockResolvedValue(null);
  stop = reportActivity(() => true);
  click();
  dispatchEvent(new Event("keydown"));
  vi.advanceTimersByTime(EVERY - 1);
  click();
  expect(told).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(told).toHaveBeenCalledTimes(1); // time alone is no sign of life
  click();
  expect(told).toHaveBeenCalledTimes(2);
});

it("tells nothing where it does not count, and once more what did not arrive", async () => {
  const told = vi.spyOn(api, "active").mockRejectedValue(new Error("no line"));
  let counts = false;
  stop = reportActivity(() => counts);
  click();
  expect(told).not.toHaveBeenCalled();
  counts = true;
  click();
  await vi.advanceTimersByTimeAsync(0);
  click();
  expect(told).toHaveBeenCalledTimes(2);
});
