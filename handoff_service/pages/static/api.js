/** The service's API as this page uses it: the log-in is a cookie that no script can read. */
import { setServerTime } from "./time.js";

const BASE = "/api/v1";
const TIMEOUT = 15_000; // longer than the service's slowest answer; a lost connection must not look like waiting

/** A refusal by the service (`status` is its HTTP status) or, with `status` 0, no answer at all. */
export class ApiError extends Error {
  constructor(status, problem = {}) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.status = status;
    this.type = String(problem.type ?? "").split(":").pop(); // "stale" of "urn:baton:problem:stale"
    this.retryAfter = Number(problem.retryAfter) || 0;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(BASE + path, {
      method,
      headers: { Accept: "application/json", "X-Baton": "1", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    setServerTime(answer.headers.get("Date"));
    const text = await answer.text();
    if (answer.ok) return text ? JSON.parse(text) : null;
    throw new ApiError(answer.status, { ...problemIn(text), retryAfter: answer.headers.get("Retry-After") });
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0, { detail: error.message });
  }
}

/** Every item of a paged list, up to `most`. */
async function all(path, query, most = 500) {
  const items = [];
  let cursor = null;
  do {
    const parameters = new URLSearchParams({ ...query, limit: 100, ...(cursor && { cursor }) });
    const page = await call("GET", `${path}?${parameters}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && items.length < most);
  return items;
}

/** What was filled in. */
const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value));

const at = (id) => `/conversations/${encodeURIComponent(id)}`;

export const api = {
  login: (email, password) => call("POST", "/auth/login", { email, password }),
  logout: () => call("POST", "/auth/logout"),
  me: () => call("GET", "/me"),
  setPresence: (status) => call("PUT", "/me/presence", { status }),
  conversation: (id) => call("GET", at(id)),
  explanation: (id, language) => call("GET", `${at(id)}/explanation?language=${language}`),
  messages: (id) => all(`${at(id)}/messages`, {}, 2000),
  say: (id, text, client_id) => call("POST", `${at(id)}/messages`, { text, client_id }),
  resend: (id, message) => call("POST", `${at(id)}/messages/${encodeURIComponent(message)}/resend`),
  read: (id) => call("POST", `${at(id)}/read`),
  claim: (id, epoch) => call("POST", `${at(id)}/claim`, { epoch }),
  giveBack: (id, epoch, ending) => call("POST", `${at(id)}/return`, { epoch, ...given(ending) }),
  resolve: (id, epoch, ending) => call("POST", `${at(id)}/resolve`, { epoch, ...given(ending) }),

  /** All that this agent's lists show. Of what the bot does only the newest: watching is not working. */
  async snapshot() {
    const [held, queue, bot] = await Promise.all([
      all("/conversations", { owner: "agent" }),
      all("/conversations", { owner: "queue" }),
      all("/conversations", { owner: "bot", status: "open" }, 100),
    ]);
    return [...held, ...queue, ...bot].filter((conversation) => conversation.status !== "resolved");
  },
};

function problemIn(text) {
  try {
    const problem = JSON.parse(text);
    return problem && typeof problem === "object" ? problem : {};
  } catch {
    return {}; // a proxy's error page
  }
}
