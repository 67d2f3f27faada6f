/** One agent at their desk, from log-in to log-out: what they know (the store), what they do, what they are told. */
import { computed, effectScope, shallowRef, watch } from "vue";
import { api, ApiError, asApiError } from "@/api";
import type { Agent, Alert, Colleague, Conversation, Ending, Message, Parting, Presence, Transfer } from "@/api";
import { WaitingFiles } from "@/attachments/waiting";
import { CannedAnswers } from "@/canned/answers";
import { cannedApi } from "@/canned/api";
import { Categories } from "@/closing/categories";
import { closingApi } from "@/closing/api";
import { ChannelTable } from "@/channels/channels";
import { Drafts } from "@/composer/drafts";
import { Sending } from "@/composer/sending";
import { allowed } from "@/conversation/allowed";
import { language, t } from "@/i18n";
import { customerName, errorText } from "@/i18n/words";
import { callAttention } from "@/notices/attention";
import { dismiss, notices, notify, type Notice } from "@/notices/notices";
import { placeOf } from "@/pages/route";
import { reportActivity } from "@/presence/activity";
import { Connection } from "@/stream/connection";
import type { StreamEvent } from "@/stream/events";
import { sections } from "./sections";
import { Store, type Known } from "./store";

export class Desk {
  readonly store = new Store();
  readonly sending: Sending;
  readonly drafts: Drafts;
  readonly files = new WaitingFiles();
  readonly canned = new CannedAnswers(cannedApi.all);
  readonly channels = new ChannelTable();
  readonly categories = new Categories(closingApi.categories);
  readonly connection: Connection;
  /** Chosen here and not confirmed yet. */
  readonly presenceAsked = shallowRef<Presence | null>(null);
  readonly loading = shallowRef(false);
  readonly loadingFailed = shallowRef(false);
  readonly claiming = shallowRef(false);
  readonly #visible = shallowRef(document.visibilityState === "visible");
  readonly #scope = effectScope(true);
  readonly #hearing = new Set<(event: StreamEvent) => void>();
  readonly #silence: () => void;
  #arrived: { notice: Notice; count: number } | null = null; // what the agent was last told to have been given
  readonly #claimed = new Set<string>(); // taken by this agent's own hand
  readonly #read = new Map<string, string>(); // conversation id → the state that was reported as read
  readonly #look = () => (this.#visible.value = document.visibilityState === "visible");
  readonly #follow = () => this.#select(placeOf(location.hash).conversation);

  readonly sections = computed(() => sections(this.store.conversations.values(), this.store.me.value));
  readonly current = computed<Known | null>(
    () => this.store.conversations.get(this.store.selected.value ?? "") ?? null,
  );

  /** @param refused called when the log-in has ended */
  constructor(me: Agent, private readonly refused: () => void) {
    this.store.me.value = me;
    this.sending = new Sending(me.id, (id, message) => this.store.putMessage(id, message));
    this.drafts = new Drafts(me.id, Date.now());
    this.connection = new Connection(this.store, {
      ready: () => {
        void this.reload();
        this.sending.resume();
        void this.canned.again();
        void this.categories.again();
        void this.channels.load();
      },
      refused,
      event: (event) => {
        this.#notice(event);
        this.canned.apply(event);
        this.#hearing.forEach((hear) => hear(event));
        this.categories.apply(event);
      },
    });
    this.#silence = reportActivity(() => {
      const known = this.store.me.value;
      return Boolean(known && (known.presence === "online" || known.idled_at));
    });
    document.addEventListener("visibilitychange", this.#look);
    window.addEventListener("hashchange", this.#follow);
    this.#scope.run(() => this.#watch());
    this.#follow();
  }

  close(): void {
    this.#scope.stop();
    document.removeEventListener("visibilitychange", this.#look);
    window.removeEventListener("hashchange", this.#follow);
    this.#silence();
    this.connection.stop();
    this.sending.stop();
    this.store.clear();
    document.title = "Baton";
  }

  /** Nothing of this agent's is kept for whoever logs in next. */
  forget(): void {
    this.sending.clear();
    this.drafts.clear();
    this.files.clear();
  }

  /** Every event of the stream, as it comes; gives what ends it. */
  hear(told: (event: StreamEvent) => void): () => void {
    this.#hearing.add(told);
    return () => void this.#hearing.delete(told);
  }

  open(id: string | null): void {
    location.hash = id ?? "";
  }

  /** How many conversations an agent has in hand, as far as they are this one's to see; what is put off is not. */
  openOf(agentId: string): number {
    const known = [...this.store.conversations.values()];
    return known.filter((each) => !each.left && each.owner === "agent" && each.status === "open" && each.assignee?.id === agentId).length;
  }

  unreadOf(conversation: Conversation): number {
    return this.#isSeen(conversation.id) ? 0 : conversation.unread;
  }

  /** Do what the agent asked for; say so in words when it does not work. Gives whether it worked. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (caught) {
      const error = asApiError(caught);
      if (error.status === 401) this.refused();
      else notify(errorText(error), "bad");
      return false;
    }
  }

  /** Fetch the conversation on the screen, complete. */
  async reload(): Promise<void> {
    const id = this.store.selected.value;
    if (!id) return;
    this.loading.value = true;
    this.loadingFailed.value = false;
    try {
      const [conversation] = await Promise.all([
        api.conversation(id),
        this.store.loadMessages(id, () => api.messages(id)),
      ]);
      if (this.store.selected.value === id) this.store.putConversation(conversation);
    } catch (error) {
      if (this.store.selected.value !== id) return;
      if (!(error instanceof ApiError) || error.status !== 404) this.loadingFailed.value = true;
      else if (this.current.value) this.store.lose(id);
      else {
        notify(errorText(error), "bad");
        this.open(null);
      }
    } finally {
      if (this.store.selected.value === id) this.loading.value = false;
    }
  }

  /**
   * Gives whether it is so now.
   * @param parting what becomes of the open conversations of an agent who leaves; asked once, null when they stay
   */
  async setPresence(status: Presence, parting?: () => Promise<Parting | null>): Promise<boolean> {
    let done = false;
    this.presenceAsked.value = status;
    const conversations = (await parting?.()) ?? null;
    if (!parting || conversations) {
      done = await this.attempt(async () => {
        const agent = await api.setPresence(status, conversations);
        if (this.store.me.value) this.store.me.value = agent;
      });
    }
    if (this.presenceAsked.value === status) this.presenceAsked.value = null;
    return done;
  }

  /** From the queue, the bot or a colleague, or taken up again when it was resolved; gives whether it is this agent's now. */
  async claim({ id, epoch, status, owner }: Conversation): Promise<boolean> {
    this.#claimed.add(id);
    this.claiming.value = true;
    const done = await this.attempt(async () => {
      if (status === "resolved") this.store.putConversation(await api.reopen(id, epoch));
      else if (owner === "agent") this.store.putConversation(await api.assign(id, epoch, this.store.me.value!.id));
      else this.store.putConversation(await api.claim(id, epoch));
    });
    this.claiming.value = false;
    if (!done) {
      this.#claimed.delete(id);
      void this.reload();
    }
    return done;
  }

  async end(how: "return" | "resolve", { id, epoch }: Conversation, ending: Partial<Ending>): Promise<void> {
    this.#claimed.delete(id);
    const call = how === "return" ? api.giveBack : api.resolve;
    const done = await this.attempt(async () => this.store.putConversation(await call(id, epoch, ending)));
    if (done) this.drafts.put(id, "reply", "", Date.now());
    else void this.reload();
  }

  /** Say who is to have it. */
  assign({ id, epoch }: Conversation, agentId: string, force: boolean): Promise<boolean> {
    return this.attempt(async () => this.store.putConversation(await api.assign(id, epoch, agentId, force)));
  }

  async snooze({ id, epoch }: Conversation, until: string): Promise<void> {
    const done = await this.attempt(async () => this.store.putConversation(await api.snooze(id, epoch, until)));
    if (!done) void this.reload();
  }

  /** As they are now: who is online, and who has room. None where they could not be asked for. */
  async colleagues(): Promise<Colleague[] | null> {
    let all: Colleague[] | null = null;
    await this.attempt(async () => (all = await api.colleagues()));
    return all;
  }

  async transfer({ id, epoch }: Conversation, to: Partial<Transfer>): Promise<void> {
    this.#claimed.delete(id);
    const done = await this.attempt(async () => {
      const conversation = await api.transfer(id, epoch, to);
      const { owner, assignee } = conversation;
      const watched = this.store.supervises || (this.store.leads !== null && this.store.leads === conversation.team?.id);
      const seen = owner !== "agent" || assignee?.id === this.store.me.value?.id || watched;
      if (seen) this.store.putConversation(conversation);
      else this.store.lose(id);
    });
    if (done) this.drafts.put(id, "reply", "", Date.now());
    else void this.reload();
  }

  async resend(id: string, message: Message): Promise<void> {
    await this.attempt(async () => this.store.putMessage(id, await api.resend(id, message.id)));
  }

  async recall(id: string, message: Message): Promise<void> {
    await this.attempt(async () => this.store.putMessage(id, await api.recall(id, message.id)));
  }

  async acknowledge({ id }: Alert): Promise<void> {
    await this.attempt(async () => this.store.putAlert(await api.acknowledge(id)));
  }

  #select(id: string | null): void {
    if (this.store.selected.value === id) return;
    this.store.select(id);
    this.loadingFailed.value = false;
    void this.reload();
  }

  /** Whether the agent is looking at it: then nothing in it is unread. */
  #isSeen(id: string): boolean {
    return id === this.store.selected.value && this.#visible.value;
  }

  #isMine(conversation: Known | null | undefined): conversation is Known {
    return Boolean(conversation && allowed(conversation, this.store.me.value).mine);
  }

  #watch(): void {
    const unread = computed(() =>
      [...this.sections.value.mine, ...this.sections.value.snoozed.filter((each) => this.#isMine(each))].reduce(
        (sum, conversation) => sum + this.unreadOf(conversation),
        0,
      ),
    );
    watch(unread, (count) => (document.title = count ? `(${count}) Baton` : "Baton"), { immediate: true });

    watch(
      () => {
        const seen = this.current.value;
        return this.#isMine(seen) && seen.unread && this.#isSeen(seen.id) ? seen : null;
      },
      (seen) => seen && this.#reportRead(seen),
      { immediate: true },
    );

    // Whoever is given a conversation is told, unless they took it themselves.
    let held: Set<string> | null = null;
    watch([() => this.sections.value.mine, this.connection.state], ([mine, state]) => {
      if (state !== "live") return;
      const before = held;
      if (before) this.#tellOf(mine.filter(({ id }) => !before.has(id) && !this.#claimed.has(id)));
      held = new Set(mine.map(({ id }) => id));
    });
  }

  /** Many that come at once, or one after the other while the notice is still there, are one notice. */
  #tellOf(arrived: readonly Known[]): void {
    if (!arrived.length) return;
    const shown = this.#arrived && notices.value.includes(this.#arrived.notice) ? this.#arrived : null;
    const count = (shown?.count ?? 0) + arrived.length;
    const [first] = arrived;
    const text = count === 1 ? t("notice.assigned", { name: customerName(first!) }) : t("notice.assigned_many", { count });
    if (shown) dismiss(shown.notice);
    this.#arrived = { notice: notify(text), count };
    callAttention(`${first!.id} ${first!.epoch}`, text, () => this.open(first!.id));
  }

  #reportRead({ id, unread, updated_at }: Known): void {
    const state = `${unread} ${updated_at}`;
    if (this.#read.get(id) === state) return;
    this.#read.set(id, state);
    // Failing changes nothing on this screen; the next message, or the next opening, reports again.
    api.read(id).then((answer) => this.store.putConversation(answer), () => this.#read.delete(id));
  }

  /** Look at an event before the store has it: some of them are news to the agent. */
  #notice(event: StreamEvent): void {
    const me = this.store.me.value;
    if (event.type === "agent.updated" && event.data.agent.id === me?.id) {
      const { presence, idled_at } = event.data.agent;
      if (presence === me.presence || presence === this.presenceAsked.value) return;
      if (idled_at) notify(t("presence.idled"), "warn");
      else if (me.idled_at && presence === "online") notify(t("presence.back"));
      else notify(t("presence.changed", { presence: t(`presence.${presence}`) }), "warn");
    } else if (event.type === "message.added" && event.data.message.author === "customer") {
      const { conversation_id: id, message } = event.data;
      const conversation = this.store.conversations.get(id);
      if (!this.#isMine(conversation) || this.#isSeen(id)) return;
      callAttention(message.id, t("notice.message", { name: customerName(conversation) }), () => this.open(id));
    } else if (event.type === "alert.added") {
      const { id, conversation_id, text } = event.data.alert;
      const told = t("notice.alert", { text: text[language.value] ?? Object.values(text)[0] ?? "" });
      notify(told, "warn");
      callAttention(id, told, () => this.open(conversation_id));
    }
  }
}
