/** Server-sent events out of pieces of text, cut anywhere. A number without an event is handed on as well. */

export interface Frame {
  id: string | null;
  type: string;
  data: string;
}

export class Parser {
  #rest = "";
  #event = { id: null as string | null, type: "message", data: [] as string[] };

  constructor(private readonly emit: (frame: Frame) => void) {}

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/); // a CR at the very end may be half of CRLF
    this.#rest = lines.pop() ?? "";
    lines.forEach((line) => this.#line(line));
  }

  #line(line: string): void {
    if (line === "") {
      const { id, type, data } = this.#event;
      if (data.length || id) this.emit({ id, type, data: data.join("\n") });
      this.#event = { id: null, type: "message", data: [] };
      return;
    }
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "id") this.#event.id = value;
    else if (field === "event") this.#event.type = value;
    else if (field === "data") this.#event.data.push(value);
  }
}
