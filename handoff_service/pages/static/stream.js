/** The service's event stream: numbered, resumed where it broke off, watched for silence. */

const SILENCE = 45_000; // three missed signs of life: the line is dead although nobody has said so
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000; // an agent at the desk should not wait longer for a service that is back

/**
 * Keeps one connection open until `stop()`.
 * @param on.open the stream runs (again): take a snapshot, all events from here on follow
 * @param on.event called with ({type, data, number}) for each event, never twice with the same number
 * @param on.down the stream is lost and will be tried again
 * @param on.refused the log-in has ended (401); no further attempts
 */
export class Stream {
  #on;
  #last = null;
  #stopped = false;
  #attempt = null;
  #pause = FIRST_PAUSE;
  #waiting = null;

  constructor(path, on) {
    this.path = path;
    this.#on = on;
    this.retryNow = () => this.#waiting?.();
    window.addEventListener("online", this.retryNow);
    this.#run();
  }

  stop() {
    this.#stopped = true;
    window.removeEventListener("online", this.retryNow);
    this.#attempt?.abort();
    this.#waiting?.();
  }

  async #run() {
    while (!this.#stopped) {
      const status = await this.#connect().catch(() => 0);
      if (this.#stopped) return;
      this.#on.down();
      if (status === 401) {
        this.stop();
        this.#on.refused();
        return;
      }
      await new Promise((resolve) => {
        this.#waiting = resolve;
        setTimeout(resolve, this.#pause * (0.75 + Math.random() / 2)); // desks do not come back all at once
      });
      this.#waiting = null;
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
  }

  /** One connection, until it ends; gives the status that it was answered with. */
  async #connect() {
    this.#attempt = new AbortController();
    let watch = null;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => this.#attempt.abort(), SILENCE);
    };
    alive();
    try {
      const answer = await fetch(this.path, {
        headers: { Accept: "text/event-stream", ...(this.#last !== null && { "Last-Event-ID": this.#last }) },
        credentials: "same-origin",
        cache: "no-store",
        signal: this.#attempt.signal,
      });
      if (!answer.ok) return answer.status;
      this.#pause = FIRST_PAUSE;
      let begun = false; // headers alone promise nothing: the service listens once it sends its first line
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new Parser((event) => this.#take(event));
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return answer.status;
        alive();
        if (!begun) this.#on.open();
        begun = true;
        parser.push(value);
      }
    } finally {
      clearTimeout(watch);
    }
  }

  #take({ id, type, data }) {
    const known = id && this.#last !== null && Number(id) <= Number(this.#last);
    if (id && (type === "reset" || !known)) this.#last = id;
    if (type === "reset") this.#on.open();
    else if (data && !known) this.#on.event({ type, data: JSON.parse(data), number: Number(id) });
  }
}

/** Server-sent events out of pieces of text, cut anywhere. A number without an event is handed on as well. */
export class Parser {
  #rest = "";
  #event = { id: null, type: "message", data: [] };

  constructor(emit) {
    this.emit = emit;
  }

  push(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/); // a CR at the very end may be half of CRLF
    this.#rest = lines.pop();
    lines.forEach((line) => this.#line(line));
  }

  #line(line) {
    if (line === "") {
      const { id, type, data } = this.#event;
      if (data.length || id) this.emit({ id, type, data: data.join("\n") });
      this.#event = { id: null, type: "message", data: [] };
      return;
    }
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "id") this.#event.id = value;
    else if (field === "event") this.#event.type = value;
    else if (field === "data") this.#event.data.push(value);
  }
}
