/**
 * Several tabs of one visit: the one that is looked at holds the line and tells the others. Whoever becomes visible takes
 * the lead, because browsers put hidden tabs to sleep. Where a browser has no locks each tab leads itself, which costs
 * connections and nothing else: what is received is numbered, what is sent carries its id.
 */

export interface Tabs<Told> {
  leads(leads: boolean): void;
  told(told: Told): void;
}

export class TabGroup<Told> {
  #channel: BroadcastChannel | null = null;
  #release: (() => void) | null = null;
  #attempt: AbortController | null = null; // the latest; what becomes of an earlier one is of no interest
  #waiting = false;
  #closed = false;
  leading = false;

  constructor(
    private readonly name: string,
    private readonly on: Tabs<Told>,
    private readonly locks: LockManager | undefined = navigator.locks,
  ) {
    if (typeof BroadcastChannel !== "undefined") {
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = ({ data }) => !this.#closed && this.on.told(data as Told);
    }
  }

  /** Take the lead when this tab is looked at; else wait until whoever leads is gone. */
  join(): void {
    if (this.#closed || this.leading) return;
    if (!this.locks || !this.#channel) this.#lead(true);
    else void this.#ask(document.visibilityState === "visible");
  }

  tell(told: Told): void {
    if (!this.#closed) this.#channel?.postMessage(told);
  }

  close(): void {
    this.#closed = true;
    this.#attempt?.abort();
    this.#release?.();
    this.#channel?.close();
    this.#lead(false);
  }

  async #ask(steal: boolean): Promise<void> {
    if (!steal && this.#waiting) return; // it waits already
    this.#attempt?.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#waiting = true;
    try {
      await this.locks!.request(this.name, steal ? { steal } : { signal: attempt.signal }, async () => {
        if (this.#closed) return;
        this.#waiting = false;
        this.#lead(true);
        await new Promise<void>((resolve) => (this.#release = resolve));
      });
    } catch {
      // another tab took the lead, or this one asked anew
    }
    if (this.#closed || attempt !== this.#attempt) return;
    this.#waiting = false;
    this.#lead(false);
    void this.#ask(false);
  }

  #lead(leads: boolean): void {
    if (this.leading === leads) return;
    this.leading = leads;
    this.on.leads(leads);
  }
}
