// @vitest-environment jsdom
/** Sound is listened to, films are watched; what cannot be played is left to be downloaded. */
import { createApp, h, nextTick } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import MessageFiles from "@/attachments/MessageFiles.vue";

const voice = { id: "v", name: "v.amr", type: "audio/amr", size: 9, url: "/api/v1/attachments/v" };

function shown(file: typeof voice & { sound_url?: string }): Element {
  const place = document.body.appendChild(document.createElement("div"));
  createApp({ render: () => h(MessageFiles, { files: [file] }) }).mount(place);
  return place;
}

afterEach(() => document.body.replaceChildren());

describe("a sound", () => {
  it("is played where it was made playable, and downloaded as it came", () => {
    const place = shown({ ...voice, sound_url: "/api/v1/attachments/v/sound" });
    expect(place.querySelector("audio")!.getAttribute("src")).toBe("/api/v1/attachments/v/sound");
    expect(place.querySelector("a")!.getAttribute("href")).toBe("/api/v1/attachments/v");
  });

  it("that needs nothing is played as it is", () => {
    const place = shown({ ...voice, type: "audio/mpeg" });
    expect(place.querySelector("audio")!.getAttribute("src")).toBe("/api/v1/attachments/v");
  });

  it("that cannot be played is a download", async () => {
    const place = shown(voice);
    place.querySelector("audio")!.dispatchEvent(new Event("error"));
    await nextTick();
    expect(place.querySelector("audio")).toBeNull();
    expect(place.querySelector("a")!.textContent).toContain("v.amr");
  });
});

describe("a film", () => {
  const film = { ...voice, name: "v.mp4", type: "video/mp4" };

  it("is played in place, and can be downloaded", () => {
    const place = shown(film);
    expect(place.querySelector("video")!.getAttribute("src")).toBe("/api/v1/attachments/v");
    expect(place.querySelector("a")!.getAttribute("download")).toBe("v.mp4");
  });

  it("of a kind that this browser cannot show is a download", async () => {
    const place = shown(film);
    place.querySelector("video")!.dispatchEvent(new Event("error"));
    await nextTick();
    expect(place.querySelector("video")).toBeNull();
    expect(place.querySelector("a")!.textContent).toContain("v.mp4");
  });
});
