// @vitest-environment jsdom
/** Approved templates: offered when nothing else may be sent, picked and filled in by the agent, never sent by themselves. */
import { createApp, h, nextTick, type App } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type Chosen } from "@/api";
import { Sending } from "@/composer/sending";
import TemplateForm from "@/templates/TemplateForm.vue";
import { filled, isFilled } from "@/templates/filling";
import { message, settled } from "../things";

const shipped = { name: "shipped", language: "en", body: "Hello {{1}}, order {{2}} is on its way, {{1}}.", variables: 2 };
const hello = { name: "hello", language: "zh_CN", body: "您好，方便时请回复我们。", variables: 0 };

describe("filling in", () => {
  it("puts words in the places of the variables and leaves the others open", () => {
    expect(filled(shipped.body, [" Ann "])).toBe("Hello Ann, order {{2}} is on its way, Ann.");
    expect(filled("{{1}} {{2}}", ["{{2}}", "$&"])).toBe("{{2}} $&");
    expect([isFilled(shipped, ["Ann", " "]), isFilled(shipped, ["Ann", "12"]), isFilled(hello, [])]).toEqual([false, true, true]);
  });
});

describe("the form", () => {
  let app: App;
  let sent: [string, Chosen][];
  let asked: string[];

  beforeEach(() => {
    [sent, asked] = [[], []];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      const body = JSON.stringify({ items: [shipped, hello] });
      return Promise.resolve(new Response(body, { headers: { "content-type": "application/json" } }));
    });
  });
  afterEach(() => {
    app.unmount();
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  });

  async function open(): Promise<void> {
    app = createApp(() => h(TemplateForm, { conversationId: "c1", onSend: (...given: [string, Chosen]) => sent.push(given) }));
    app.mount(document.body.appendChild(document.createElement("div")));
    await vi.waitFor(() => expect(document.querySelector("select")).not.toBeNull());
  }

  async function pick(value: string): Promise<void> {
    const select = document.querySelector("select")!;
    select.value = value;
    select.dispatchEvent(new Event("change"));
    await nextTick();
  }

  async function write(at: number, words: string): Promise<void> {
    const input = document.querySelectorAll("input")[at]!;
    input.value = words;
    input.dispatchEvent(new Event("input"));
    await nextTick();
  }

  const button = () => document.querySelector("button");

  it("offers those of the conversation, and sends the chosen one once every variable is filled in", async () => {
    await open();
    expect(asked[0]).toContain("/conversations/c1/templates");
    expect(button()).toBeNull();
    await pick("shipped/en");
    await write(0, "Ann");
    expect(button()!.disabled).toBe(true);
    await write(1, " AB12 ");
    expect(document.querySelector(".preview")!.textContent).toBe("Hello Ann, order AB12 is on its way, Ann.");
    expect(sent).toEqual([]);
    button()!.click();
    const template = { name: "shipped", language: "en", variables: ["Ann", "AB12"] };
    expect(sent).toEqual([["Hello Ann, order AB12 is on its way, Ann.", template]]);
    await nextTick();
    expect(button(), "what was sent is not there to be sent twice").toBeNull();
  });

  it("forgets the words when another one is picked", async () => {
    await open();
    await pick("shipped/en");
    await write(0, "Ann");
    await pick("hello/zh_CN");
    expect(document.querySelectorAll("input").length).toBe(0);
    expect(button()!.disabled).toBe(false);
    await pick("shipped/en");
    expect([...document.querySelectorAll("input")].map(({ value }) => value)).toEqual(["", ""]);
  });
});

it("goes to the service as a template, and again as the same after a lost answer", async () => {
  sessionStorage.clear();
  vi.useFakeTimers();
  const say = vi.spyOn(api, "say").mockRejectedValueOnce(Object.assign(new TypeError("lost")));
  say.mockResolvedValue(message("m"));
  const template = { name: "hello", language: "zh_CN", variables: [] };
  const sending = new Sending("mei", () => {});
  sending.say("c", "reply", hello.body, [], template);
  await vi.advanceTimersByTimeAsync(1_500);
  await settled();
  expect(say.mock.calls.map((given) => given[4])).toEqual([template, template]);
  expect(say.mock.calls[0]![2]).toBe(say.mock.calls[1]![2]);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
