// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Message, State } from "@widget/protocol/types";
import { readOptions } from "@widget/options";
import { mount, type Api } from "@widget/ui/mount";
import { json, refusal, Server } from "./server";

let server: Server;
let features: object;
let api: Api;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sessionStorage.clear();
  document.body.replaceChildren();
  server = new Server();
  features = {};
  // what jsdom does not have
  vi.stubGlobal("fetch", (url: string, given: RequestInit) => server.fetch(url, given));
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  vi.stubGlobal("ResizeObserver", class { observe() {} disconnect() {} });
  vi.stubGlobal("BroadcastChannel", undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const root = () => document.querySelector("[data-baton-widget]")!.shadowRoot!;
const all = (selector: string) => [...root().querySelectorAll<HTMLElement>(selector)];
const button = (name: string) => all("button").find((each) => (each.getAttribute("aria-label") ?? each.textContent) === name);

async function opened(state: Partial<State> = {}, more: Record<string, string> = {}): Promise<void> {
  api = mount(readOptions({ webchat: "https://bot.example/rasa", language: "en", ...more }));
  server.next["/session"] = [json({ token: "t1", visitor: "v1", last: 0, features })];
  api.open();
  await pass(50);
  if (Object.keys(state).length) await tell(state);
}

async function tell(state: Partial<State>): Promise<void> {
  server.send(`event: state\ndata: ${JSON.stringify({ owner: "bot", typing: false, can_leave_message: false, ...state })}\n\n`);
  await pass(50);
}

async function press(name: string): Promise<void> {
  expect(button(name), name).toBeDefined();
  button(name)!.click();
  await pass(50);
}

async function type(selector: string, text: string): Promise<void> {
  const field = all(selector)[0] as HTMLTextAreaElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await pass(50);
}

const said = (path: string) => server.called("POST", path).map(({ body }) => body);

describe("what people write", () => {
  const nasty = (more: Partial<Message>) => server.says("", more);

  it("is text, whatever it looks like", async () => {
    server.says('<img src=x onerror=alert(1)><script>alert(1)</script> <a href="javascript:alert(1)">x</a>');
    nasty({ author: "agent", author_name: "<b>Eve</b>\u202e", text: "javascript:alert(1) https://bank.example@evil.example/" });
    nasty({ text: "pick", buttons: [{ title: "<i>yes</i>", payload: "/yes" }] });
    await opened();
    expect(all(".log img, .log script, .log a, .log b, .replies i")).toEqual([]);
    expect(root().textContent).toContain("<script>alert(1)</script>");
    expect(button("<i>yes</i>")).toBeDefined();
    expect(all(".text").every((each) => each.getAttribute("dir") === "auto")).toBe(true);
    expect(all(".author").every((each) => each.tagName === "BDI")).toBe(true);
  });

  it("shows pictures from the web, and the address of all others", async () => {
    nasty({ image: "https://shop.example/a.png" });
    nasty({ image: "javascript:alert(1)" });
    nasty({ image: "https://shop.example/gone.png" });
    await opened();
    const [, gone] = all(".picture img") as HTMLImageElement[];
    gone!.dispatchEvent(new Event("error"));
    await pass(50);
    expect(all(".picture img").map((each) => each.getAttribute("src"))).toEqual(["https://shop.example/a.png"]);
    expect(all("p.text").map(({ textContent }) => textContent)).toEqual([
      "Picture: javascript:alert(1)",
      "Picture: https://shop.example/gone.png",
    ]);
  });

  it("links to files of the server and of the web only", async () => {
    const file = { id: "1", name: "bill.pdf", type: "application/pdf", size: 2000 };
    nasty({ attachments: [{ ...file, url: "/webhooks/webchat/v1/files/1?s=2" }, { ...file, id: "2", url: "javascript:alert(1)" }] });
    await opened();
    expect(all("a.file").map((each) => each.getAttribute("href"))).toEqual(["https://bot.example/webhooks/webchat/v1/files/1?s=2"]);
    expect(all("a.file")[0]!.getAttribute("rel")).toContain("noopener");
    expect(all("p.text").map(({ textContent }) => textContent)).toEqual(["File: bill.pdf, 2kB"]);
  });

  it("plays sound from where browsers can, and offers what they cannot play as a file", async () => {
    const file = { id: "1", name: "v.amr", type: "audio/amr", size: 2000, url: "/files/1" };
    nasty({ attachments: [{ ...file, sound_url: "/files/1/sound" }, { ...file, id: "2", sound_url: "javascript:alert(1)" }] });
    await opened();
    const played = all("audio") as HTMLAudioElement[];
    expect(played.map((each) => each.getAttribute("src"))).toEqual(["https://bot.example/files/1/sound", "https://bot.example/files/1"]);
    played[1]!.dispatchEvent(new Event("error"));
    await pass(50);
    expect(all("audio").length).toBe(1);
    expect(all("a.file").map((each) => each.getAttribute("href"))).toEqual(["https://bot.example/files/1"]);
  });

  it("plays films in place, and offers what it cannot play for download", async () => {
    const file = { id: "1", name: "v.mp4", type: "video/mp4", size: 2000, url: "/files/1" };
    nasty({ attachments: [file] });
    await opened();
    expect(all("video").map((each) => each.getAttribute("src"))).toEqual(["https://bot.example/files/1"]);
    all("video")[0]!.dispatchEvent(new Event("error"));
    await pass(50);
    expect([all("video").length, all("a.file").length]).toEqual([0, 1]);
  });

  it("shows nothing of a message that was taken back", async () => {
    const { id } = server.says("the wrong one", { author: "agent", author_name: "Lin", image: "https://shop.example/a.png" });
    await opened();
    expect(root().textContent).toContain("the wrong one");
    server.put({ number: 2, replaces: id, recalled: true });
    await pass(50);
    expect(root().textContent).not.toContain("the wrong one");
    expect([all(".text")[0]!.textContent, all("img").length]).toEqual(["This message was recalled.", 0]);
  });
});

describe("the panel", () => {
  it("asks nothing before it is opened, and remembers that it was", async () => {
    api = mount(readOptions({ webchat: "https://bot.example/rasa" }));
    await pass(1000);
    expect(server.calls).toEqual([]);
    api.open();
    await pass(50);
    expect(server.called("POST", "/session")).toHaveLength(1);
    expect(sessionStorage.getItem("baton.widget.open")).toBe("true");
    api.close();
    await pass(50);
    expect(all("[role=dialog]")).toEqual([]);
  });

  it("can be a part of the page", async () => {
    document.body.innerHTML = '<div id="here"></div>';
    mount(readOptions({ webchat: "https://bot.example/rasa", inline: "#here" }));
    await pass(50);
    expect(document.querySelector("#here > [data-baton-widget]")).not.toBe(null);
    expect([all("[role=region]").length, all(".launcher").length, server.called("POST", "/session").length]).toEqual([1, 0, 1]);
  });

  it("offers the newest message's answers, and sends what was pressed", async () => {
    server.says("old", { buttons: [{ title: "Old", payload: "/old" }] });
    server.says("new", { buttons: [{ title: "Yes", payload: "/yes" }, { title: "No" }] });
    await opened();
    expect(button("Old")).toBeUndefined();
    await press("Yes");
    expect(said("/messages")).toMatchObject([{ text: "Yes", payload: "/yes" }]);
    expect(button("Yes")).toBeUndefined();
  });

  it("asks whether an answer helped, and tells what was said", async () => {
    const { id } = server.says("It takes three days.", { feedback: "ask" });
    await opened();
    await press("Not solved");
    expect(said("/messages")).toMatchObject([{ text: "Not solved", feedback: { message: id, solved: false } }]);
    expect(button("Solved")).toBeUndefined();
  });

  it("notes under an answer that it has helped, and keeps no line of it", async () => {
    const { id } = server.says("It takes three days.", { feedback: "ask" });
    await opened();
    server.next["/messages"] = [json({ id, number: 2 }, 202)];
    await press("Solved");
    expect(said("/messages")).toMatchObject([{ feedback: { message: id, solved: true } }]);
    server.put({ number: 2, replaces: id, feedback: "solved" });
    await pass(50);
    expect(all(".line").map(({ textContent }) => textContent)).toEqual([expect.stringMatching(/It takes three days\.Solved$/)]);
    expect(button("Solved")).toBeUndefined();
    expect(Object.keys(localStorage).filter((key) => key.includes("unsent"))).toEqual([]);
  });

  it("says where one stands in the queue, and what else can be done", async () => {
    await opened({ owner: "queue", position: 2, wait_seconds: 170, can_leave_message: true });
    expect(all(".standing")[0]!.textContent).toBe("You are number 2 in the queueabout 3 minutes");
    await press("Keep waiting");
    expect(button("Keep waiting")).toBeUndefined();
    await press("Go on with the assistant");
    expect(said("/choice")).toEqual([{ choice: "wait" }, { choice: "bot" }]);
    await tell({ owner: "agent", agent: { name: "Lin" } });
    expect(all(".standing")).toEqual([]);
    expect(all(".with")[0]!.textContent).toBe("Lin is here for you");
  });

  it("says when a choice did not work", async () => {
    await opened({ owner: "queue" });
    expect(button("Leave a message")).toBeUndefined();
    server.next["/choice"] = [refusal(409, "not_waiting")];
    await press("Go on with the assistant");
    expect(all("[role=alert]").map(({ textContent }) => textContent)).toContain("It did not work just now; please try again.");
  });

  it("takes a message for later, checked before it is sent and again by the server", async () => {
    await opened({ can_leave_message: true });
    expect(button("Leave a message")).toBeUndefined(); // the assistant is there: it does not push itself forward
    await press("Settings");
    await press("Leave a message");
    await press("Send the message");
    expect(root().textContent).toContain("Enter an e-mail address or a phone number.");
    await type("[name=email]", "li@shop.example");
    await type("[name=text]", "Please call me");
    server.next["/message"] = [refusal(400, "invalid_contact")];
    all("form.leave")[0]!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(50);
    expect(root().textContent).toContain("Please check the e-mail address");
    all("form.leave")[0]!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(50);
    expect(root().textContent).toContain("We will answer you at li@shop.example.");
    const [first, second] = said("/message");
    expect(second).toEqual(first);
    expect(second).toMatchObject({ email: "li@shop.example", text: "Please call me", language: "en" });
    expect(second).not.toHaveProperty("phone");
  });

  it("asks once how it was", async () => {
    await opened({ rating: { id: "r1" } });
    (all("[aria-label='4, satisfied']")[0] as HTMLInputElement).click();
    await pass(50);
    await type(".rating textarea", " quick ");
    all("form.rating")[0]!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(50);
    await tell({ rating: null });
    expect(said("/rating")).toEqual([{ id: "r1", score: 4, comment: "quick" }]);
    expect(root().textContent).toContain("Thank you for your rating.");
    server.says("Anything else?");
    await pass(50);
    expect(root().textContent).not.toContain("Thank you for your rating.");
  });

  it("says who is typing, and what was read", async () => {
    await opened({ owner: "agent", agent: { name: "Lin" }, typing: true });
    expect(all(".with")[0]!.textContent).toBe("Lin is typing…");
    await type(".composer textarea", "hello");
    await type(".composer textarea", "hello you");
    expect(said("/typing")).toEqual([{}]); // not with every key
    all(".composer")[0]!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(50);
    expect(all(".delivery")[0]!.textContent).toBe("Sent");
    await tell({ owner: "agent", read_up_to: 1 });
    expect(all(".delivery")[0]!.textContent).toBe("Read");
  });

  it("tells the server what has arrived and what was read", async () => {
    await opened();
    server.says("hello", { author: "agent", author_name: "Lin" });
    server.says("are you there?", { author: "agent", author_name: "Lin" });
    await pass(1100);
    expect(said("/received")).toEqual([{ number: 2 }]);
    expect(said("/read").at(-1)).toEqual({ number: 2 });
  });

  it("shows a refused message with the reason, and sends it again on a click", async () => {
    await opened();
    server.next["/messages"] = [refusal(413, "too_long")];
    await type(".composer textarea", "hello");
    all(".composer")[0]!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(50);
    expect(all(".delivery[role=alert]")[0]!.textContent).toContain("It is too long");
    await press("Try again");
    expect(server.accepted.size).toBe(1);
    expect(all(".line")).toHaveLength(1);
  });

  it("uploads what is chosen, within the limits, and sends it", async () => {
    features = { upload: { max_bytes: 10 } };
    await opened();
    expect(button("Attach a file")).toBeDefined();
    server.next["/uploads"] = [json({ id: "u1", name: "a.png", type: "image/png", size: 3, url: "/a" }, 201), refusal(415, "type_refused")];
    for (const [name, text] of [["a.png", "png"], ["fake.png", "exe"], ["big.png", "far too large"]] as const) {
      const picker = all("input[type=file]")[0] as HTMLInputElement;
      Object.defineProperty(picker, "files", { value: [new File([text], name)], configurable: true });
      Object.defineProperty(picker, "value", { value: "", writable: true, configurable: true });
      picker.dispatchEvent(new Event("change", { bubbles: true }));
      await pass(50);
    }
    expect(server.called("POST", "/uploads").map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/uploads\?client_id=[0-9a-f]{32}$/),
      expect.stringMatching(/^\/uploads\?client_id=[0-9a-f]{32}$/),
    ]);
    expect(all(".uploads li").map((each) => each.querySelector("span")!.textContent)).toEqual([
      "a.png",
      "Files like fake.png cannot be sent here.",
      "big.png is too large; 10B is the most.",
    ]);
    all(".composer")[0]!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(50);
    expect(said("/messages")).toMatchObject([{ text: "", attachments: ["u1"] }]);
    expect(all(".uploads")).toEqual([]);
  });

  it("has no button for files where the site takes none", async () => {
    await opened();
    expect(button("Attach a file")).toBeUndefined();
  });

  it("makes sure that it is the customer whom the site names, and forgets them when they log out", async () => {
    await opened();
    const token = `${btoa(JSON.stringify({ sub: "7", exp: 1 }))}.x`;
    api.setCustomer(token);
    await pass(50);
    expect(said("/session").at(-1)).toMatchObject({ customer_token: token });
    expect(said("/session").at(-1)).not.toHaveProperty("token");
    await type(".composer textarea", "mine");
    server.next["/messages"] = Array<"cut">(9).fill("cut");
    all(".composer")[0]!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(50);
    await type(".composer textarea", "not said");
    api.setCustomer(null);
    await pass(50);
    expect(JSON.stringify({ ...localStorage })).not.toContain("mine");
    expect(JSON.stringify({ ...sessionStorage })).not.toContain("not said");
    expect((all(".composer textarea")[0] as HTMLTextAreaElement).value).toBe("");
    expect(said("/session").at(-1)).not.toHaveProperty("customer_token");
  });

  it("goes on in the conversation that a mail has led here from, and takes the link out of the address", async () => {
    history.replaceState(null, "", "/chat?from=mail#resume=a.b-c_d");
    server.next["/session"] = [json({ token: "t7", visitor: "v7", last: 0 })];
    api = mount(readOptions({ webchat: "https://bot.example/rasa", language: "en" }));
    await pass(50);
    expect(location.href).toMatch(/\/chat\?from=mail$/);
    expect(said("/session")).toEqual([{ site: "default", language: "en", resume: "a.b-c_d" }]);
    expect(all("[role=dialog]")).toHaveLength(1);
    expect(server.calls.at(-1)!.token).toBe("Bearer t7");
  });

  it("follows a link to the page that is open already", async () => {
    await opened();
    server.says("not yours");
    await pass(50);
    server.messages = [];
    server.next["/session"] = [json({ token: "t7", visitor: "v7", last: 0 })];
    location.hash = "#resume=a.b-c_d";
    window.dispatchEvent(new HashChangeEvent("hashchange"));
    await pass(50);
    expect(location.hash).toBe("");
    expect(said("/session").at(-1)).toEqual({ site: "default", language: "en", resume: "a.b-c_d" });
    server.says("welcome back");
    await pass(50);
    expect(all(".line .text").map(({ textContent }) => textContent)).toEqual(["welcome back"]);
  });

  it("goes on without the link when it is too old", async () => {
    history.replaceState(null, "", "/chat#resume=old");
    server.next["/session"] = [refusal(401, "invalid_token")];
    api = mount(readOptions({ webchat: "https://bot.example/rasa", language: "en" }));
    await pass(50);
    expect(said("/session")).toEqual([{ site: "default", language: "en", resume: "old" }, { site: "default", language: "en" }]);
    expect(all(".dot")[0]!.getAttribute("aria-label")).toBe("Connected");
  });

  it("tells the site when its token has expired", async () => {
    const told = vi.fn();
    window.addEventListener("baton:expired", told);
    const token = `${btoa(JSON.stringify({ sub: "7", exp: 1 }))}.x`;
    api = mount(readOptions({ webchat: "https://bot.example/rasa", language: "en", customer: token }));
    server.next["/session"] = [refusal(401, "invalid_token")];
    api.open();
    await pass(50);
    expect(told).toHaveBeenCalledOnce();
    expect(root().textContent).toContain("This conversation has ended");
  });
});
