// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TabGroup } from "@widget/line/tabs";

/** The part of the Web Locks that is used, as browsers do it. */
class Locks {
  #holder: { end: (error: Error) => void } | null = null;
  #queue: (() => void)[] = [];

  request(_: string, { steal, signal }: LockOptions, work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const take = () => {
        const holder = { end: reject };
        this.#holder = holder;
        void work().then((value) => {
          resolve(value);
          if (this.#holder === holder) this.#next();
        });
      };
      signal?.addEventListener("abort", () => {
        this.#queue = this.#queue.filter((each) => each !== take);
        reject(new Error("aborted"));
      });
      if (steal) {
        this.#holder?.end(new Error("stolen"));
        take();
      } else if (this.#holder) this.#queue.push(take);
      else take();
    });
  }

  #next(): void {
    this.#holder = null;
    this.#queue.shift()?.();
  }
}

const told: string[] = [];
const open: TabGroup<string>[] = [];
let locks: Locks;
let visible: DocumentVisibilityState;

function tab(name: string, shared: Locks | undefined = locks): TabGroup<string> {
  const group = new TabGroup<string>("visit", { leads: () => undefined, told: (what) => told.push(`${name}: ${what}`) }, shared as never);
  open.push(group);
  group.join();
  return group;
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

beforeEach(() => {
  told.length = 0;
  locks = new Locks();
  visible = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visible);
});
afterEach(() => {
  open.splice(0).forEach((each) => each.close());
  vi.restoreAllMocks();
});

describe("several tabs", () => {
  it("the one that is looked at leads, and only it", async () => {
    const first = tab("first");
    await settle();
    const second = tab("second");
    await settle();
    expect([first.leading, second.leading]).toEqual([false, true]);
    first.join();
    await settle();
    expect([first.leading, second.leading]).toEqual([true, false]);
  });

  it("a hidden one leads only when no other does", async () => {
    const first = tab("first");
    visible = "hidden";
    const second = tab("second");
    await settle();
    expect([first.leading, second.leading]).toEqual([true, false]);
    first.close();
    await settle();
    expect(second.leading).toBe(true);
  });

  it("one that lost the lead gets it back when the others are gone", async () => {
    const first = tab("first");
    await settle();
    const second = tab("second");
    await settle();
    second.close();
    await settle();
    expect(first.leading).toBe(true);
  });

  it("without locks each leads itself", () => {
    const alone = new TabGroup<string>("visit", { leads: () => undefined, told: () => undefined }, undefined);
    vi.stubGlobal("navigator", {});
    alone.join();
    expect(alone.leading).toBe(true);
    alone.close();
    vi.unstubAllGlobals();
  });

  it("they tell each other", async () => {
    const first = tab("first");
    tab("second");
    first.tell("hello");
    await vi.waitFor(() => expect(told).toEqual(["second: hello"]));
  });
});
