import { describe, expect, it } from "vitest";
import { allowed } from "@/conversation/allowed";
import { authorName } from "@/i18n/words";
import { attachmentsOf, linesOf } from "@/conversation/lines";
import { at, conversation, mei, message } from "../things";

const unsent = (client_id: string, kind: "reply" | "note" = "reply") =>
  ({ conversation: "c", client_id, kind, text: client_id, at: at(500), state: "sending" }) as const;

describe("the lines", () => {
  it("end with what was not sent yet, and show once what the service has already", () => {
    const said = [message("a", { author: "agent", client_id: "k1", sent_at: at(1) })];
    expect(linesOf(said, [unsent("k1"), unsent("k2")], "Mei").map(({ key }) => key)).toEqual(["k1", "k2"]);
  });

  it("need one heading for what an author says in one go", () => {
    const lines = linesOf(
      [
        message("a", { sent_at: at(0) }),
        message("b", { sent_at: at(60) }),
        message("c", { sent_at: at(600) }),
        message("d", { sent_at: at(601), author: "bot" }),
        message("e", { sent_at: at(602), author: "system" }),
        message("f", { sent_at: at(603), author: "system" }),
      ],
      [],
      "Mei",
    );
    expect(lines.map(({ goesOn }) => goesOn)).toEqual([false, true, false, false, false, false]);
  });

  it("keep a note for colleagues under a heading of its own, which says so", () => {
    const [answer, note] = linesOf(
      [message("a", { author: "agent", author_name: "Mei" }), message("b", { author: "agent", author_name: "Mei", private: true })],
      [],
      "Mei",
    );
    expect([answer!.goesOn, note!.goesOn]).toEqual([false, false]);
    expect([authorName(answer!), authorName(note!)]).toEqual(["Mei (Colleague)", "Mei (note for colleagues)"]);
  });

  it("show a note as one before the service has it", () => {
    expect(linesOf([], [unsent("k1"), unsent("k2", "note")], "Mei").map((line) => line.private)).toEqual([false, true]);
  });

  it("name what the bot offered and showed, whatever else is among it", () => {
    const odd = [null, 3, { buttons: [{ title: "Yes" }, {}], quick_replies: "?" }, { image: "https://shop/1.png", attachment: {} }];
    expect(attachmentsOf(odd)).toEqual({ offers: ["Yes"], addresses: ["https://shop/1.png"] });
  });
});

describe("what an agent may do", () => {
  const held = (id: string) => conversation("c", { owner: "agent", assignee: { id, name: id } });
  const vera = { ...mei, id: "vera", role: "supervisor" } as const;

  it.each([
    ["their own: end it, or pass it on", held("mei"), mei, { mine: true, note: true, claim: false, end: true, transfer: true, reopen: false }],
    ["a colleague's: leave a note", held("sam"), mei, { mine: false, note: true, claim: false, end: false, transfer: false, reopen: false }],
    ["a colleague's, as supervisor: take it over, end it, or pass it on", held("sam"), vera, { mine: false, note: true, claim: true, end: true, transfer: true, reopen: false }],
    ["who waits: take over, or end it", conversation("c", { owner: "queue" }), mei, { mine: false, note: true, claim: true, end: true, transfer: false, reopen: false }],
    ["the bot's: take over", conversation("c"), mei, { mine: false, note: true, claim: true, end: false, transfer: false, reopen: false }],
    ["a closed one: leave a note, or reopen it", conversation("c", { status: "resolved" }), mei, { mine: false, note: true, claim: false, end: false, transfer: false, reopen: true }],
    ["one that left: nothing", { ...held("mei"), left: true }, mei, { mine: false, note: false, claim: false, end: false, transfer: false, reopen: false }],
  ])("with %s", (_, given, me, expected) => expect(allowed(given, me)).toEqual(expected));
});
