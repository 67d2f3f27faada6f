// @vitest-environment jsdom
/** What a channel still lets through is said before anything is written. */
import { createApp, h, nextTick, ref } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import { useLanguage } from "@/i18n";
import { NOW } from "@/lib/time";
import WindowHint from "@/messages/WindowHint.vue";
import { leftOf } from "@/messages/window";
import { at, conversation } from "../things";

type Later = { messages: number | null; until: string };

const now = Date.parse(at(0));
const inHours = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
const of = (messages: number | null, until: string | null, reason: string | null = null, later: Later[] = []) =>
  conversation("c", { reach: { connected: null, mail: false, window: { messages, until, reason, later } } });

afterEach(() => {
  document.body.replaceChildren();
  useLanguage("en");
});

describe("what is left", () => {
  it.each([
    [null, null, null, null],
    [null, inHours(5), "until", false],
    [null, inHours(0.5), "until", true],
    [null, inHours(-1), "closed", true],
    [5, inHours(5), "count_until", false],
    [2, inHours(5), "count_until", true],
    [3, null, "count", false],
    [0, null, "closed", true],
    [0, inHours(5), "closed", true],
  ] as const)("%s messages until %s", (messages, until, how, low) => {
    const left = leftOf(of(messages, until), now);
    expect([left?.how ?? null, left?.low ?? null]).toEqual([how, low]);
  });

  it.each([
    [0, 5, 0.5],
    [1, 2, 48],
    [50, 1, 72],
    [72, 0, null],
  ])("goes down when what ends first has ended: after %s hours %s", (hours, messages, until) => {
    const window = of(5, inHours(0.5), null, [{ messages: 2, until: inHours(48) }, { messages: 1, until: inHours(72) }]);
    const left = leftOf(window, Date.parse(inHours(hours)))!;
    expect([left.messages, left.until]).toEqual([messages, until && inHours(until)]);
  });

  it.each(["answers_only", "handled_elsewhere"])("says why nothing can be sent: %s", (reason) => {
    expect(leftOf(of(0, null, reason), now)).toEqual({ how: reason, messages: 0, until: null, low: true });
  });

  it("is nothing where the channel counts nothing", () => {
    expect(leftOf(conversation("c"), now)).toBeNull();
  });
});

describe("the line above the box", () => {
  it("counts down by the server's clock and closes by itself", async () => {
    const clock = ref(now);
    const app = createApp(() => h(WindowHint, { conversation: of(null, inHours(5)) }));
    app.provide(NOW, clock);
    app.mount(document.body.appendChild(document.createElement("div")));
    const line = () => document.querySelector("[data-window]")!;
    expect(line().textContent).toMatch(/^Messages may be sent until .+\.$/);
    clock.value = now + 5 * 3_600_000;
    await nextTick();
    expect(line().getAttribute("data-window")).toBe("closed");
    useLanguage("zh");
    await nextTick();
    expect(line().textContent).toBe("客户再次来信之前，该渠道不允许发送消息。");
    app.unmount();
  });
});
