/**
 * The web chat's line to the server: the part of Socket.IO (Engine.IO 4, websocket only) that it needs.
 * It connects, opens the session, answers signs of life, notices when the line is dead and connects again.
 * What it is told to send it sends once: repeating, under the same client id, is for whoever keeps the words.
 */

const PATH = "/webhooks/webchat/socket.io/";
const ANSWER_WITHIN = 10_000; // the server acknowledges in milliseconds; after this the line counts as dead
const SILENCE = 60_000; // until the server has told how often it gives a sign of life
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000; // a customer who waits should not wait longer for a server that is back

/** A request that got no: `code` as the server gives it, or `lost` when there was no answer at all. */
export class Refused extends Error {
  constructor(code, message = code) {
    super(message);
    this.code = code;
  }
}

export class WebchatClient {
  state = "connecting"; // connecting | open | down | ended
  #socket = null;
  #acks = new Map(); // id of a request → {resolve, reject, timer}
  #nextId = 0;
  #pause = FIRST_PAUSE;
  #retry = null;
  #watch = null;
  #silence = SILENCE;

  /**
   * @param url where the server is, http(s)
   * @param session gives what to open the session with: {token?, after}
   * @param on.state called with the new state
   * @param on.session called with {token, visitor, last, messages} each time the session is open (again)
   * @param on.message called with each later message
   * @param on.invalid the token was refused; the client has stopped
   */
  constructor(url, session, on) {
    const address = new URL(PATH, url);
    address.protocol = address.protocol.replace("http", "ws");
    address.search = "EIO=4&transport=websocket";
    this.address = address.href;
    this.session = session;
    this.on = on;
  }

  start() {
    window.addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#connect();
  }

  stop() {
    window.removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    clearTimeout(this.#retry);
    this.#drop();
    this.#enter("ended");
  }

  /** Send a customer's words; gives {id, number} once they are on the server's disk. Throws `Refused`. */
  send(client_id, text) {
    if (this.state !== "open") return Promise.reject(new Refused("lost"));
    return this.#ask("message", { client_id, text });
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#drop();
    this.#enter(this.state === "down" ? "down" : "connecting");
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.onmessage = ({ data }) => socket === this.#socket && this.#packet(String(data));
    socket.onclose = () => socket === this.#socket && this.#lost();
    this.#silence = SILENCE;
    this.#alive();
  }

  #packet(packet) {
    this.#alive();
    const body = packet.slice(1);
    if (packet[0] === "0") {
      const { pingInterval, pingTimeout } = JSON.parse(body);
      this.#silence = pingInterval + pingTimeout;
      this.#alive();
      this.#socket.send("40");
    } else if (packet[0] === "2") this.#socket.send("3");
    else if (packet[0] === "1") this.#lost();
    else if (packet[0] === "4") this.#socketio(body);
  }

  #socketio(packet) {
    const [, kind, id, json] = /^(\d)(\d*)(.*)$/s.exec(packet) ?? [];
    if (kind === "0") this.#open();
    else if (kind === "1" || kind === "4") this.#lost();
    else if (kind === "2") {
      const [event, payload] = JSON.parse(json);
      if (event === "message") this.on.message(payload);
    } else if (kind === "3") this.#answered(Number(id), JSON.parse(json)[0]);
  }

  async #open() {
    const socket = this.#socket;
    try {
      const answer = await this.#ask("session", this.session());
      if (socket !== this.#socket) return;
      this.#pause = FIRST_PAUSE;
      this.#enter("open");
      this.on.session(answer);
    } catch (error) {
      if (socket !== this.#socket) return;
      if (error.code !== "invalid_token") {
        this.#lost();
        return;
      }
      this.stop();
      this.on.invalid();
    }
  }

  #ask(event, payload) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#lost(), ANSWER_WITHIN);
      this.#acks.set(id, { resolve, reject, timer });
      this.#socket.send(`42${id}${JSON.stringify([event, payload])}`);
    });
  }

  #answered(id, answer) {
    const ack = this.#acks.get(id);
    if (!ack) return;
    this.#acks.delete(id);
    clearTimeout(ack.timer);
    if (answer?.ok) ack.resolve(answer);
    else ack.reject(new Refused(answer?.error?.code ?? "unavailable", answer?.error?.message));
  }

  /** The line is dead, whoever noticed it: try again, a little later each time. */
  #lost() {
    this.#drop();
    this.#enter("down");
    clearTimeout(this.#retry);
    // Spread out, so that the pages of a server that comes back do not all come at once.
    this.#retry = setTimeout(() => this.#connect(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #drop() {
    clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    for (const { reject, timer } of this.#acks.values()) {
      clearTimeout(timer);
      reject(new Refused("lost"));
    }
    this.#acks.clear();
  }

  #alive() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lost(), this.#silence);
  }

  /** The network or the reader is back: no need to wait for the next attempt. */
  #hurry = () => {
    if (this.state === "down" && document.visibilityState === "visible") this.#connect();
  };

  #enter(state) {
    if (this.state === state) return;
    this.state = state;
    this.on.state(state);
  }
}
