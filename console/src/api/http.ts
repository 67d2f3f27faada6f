/** One call of the service's API: the log-in is a cookie that no script can read. */
import { setServerTime } from "@/lib/time";

const BASE = "/api/v1";
const TIMEOUT = 15_000; // longer than the service's slowest answer; a lost connection must not look like waiting

/** One of several things that are wrong with what was sent, and where. */
export interface Mistake {
  loc: (string | number)[];
  msg: string;
}

interface Problem {
  type?: unknown;
  errors?: unknown;
  title?: unknown;
  detail?: unknown;
}

/** A refusal by the service (`status` is its HTTP status) or, with `status` 0, no answer at all. */
export class ApiError extends Error {
  readonly type: string; // "stale" of "urn:baton:problem:stale"
  readonly retryAfter: number; // seconds
  readonly mistakes: Mistake[];

  constructor(readonly status: number, problem: Problem = {}, retryAfter: string | null = null) {
    super(String(problem.detail || problem.title || `HTTP ${status}`));
    this.type = String(problem.type ?? "").split(":").pop() ?? "";
    this.mistakes = Array.isArray(problem.errors) ? (problem.errors as Mistake[]) : [];
    this.retryAfter = Number(retryAfter) || 0;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** @param patience milliseconds until a call without an answer has failed */
export async function call<Answer>(method: string, path: string, body?: unknown, patience = TIMEOUT): Promise<Answer> {
  try {
    const answer = await fetch(BASE + path, {
      method,
      headers: { Accept: "application/json", "X-Baton": "1", ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : null,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
    });
    setServerTime(answer.headers.get("Date"));
    const text = await answer.text();
    if (answer.ok) return (text ? JSON.parse(text) : null) as Answer;
    throw new ApiError(answer.status, problemIn(text), answer.headers.get("Retry-After"));
  } catch (error) {
    throw asApiError(error);
  }
}

/** Whatever went wrong below the API counts as no answer. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, { detail: String(error) });
}

function problemIn(text: string): Problem {
  try {
    const problem: unknown = JSON.parse(text);
    return problem && typeof problem === "object" ? problem : {};
  } catch {
    return {}; // a proxy's error page
  }
}
