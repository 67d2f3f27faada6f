/** Keeps a log at its newest line, unless the reader has scrolled up: then a button says that there is more below. */

const SLACK = 48; // about two lines: a reader at the end is seldom exactly there

export class Follower {
  #atEnd = true;
  #lines = 0;
  #top = 0; // where the end was when it was last gone to

  /** @param signal lets go of the log and the button; none for as long as the page lives */
  constructor(log, button, signal) {
    this.log = log;
    this.button = button;
    log.addEventListener("scroll", () => this.#look(), { signal, passive: true });
    button.addEventListener("click", () => this.toEnd(), { signal });
    // The log shrinks too: for a phone's keyboard, for answers on offer, for a longer draft.
    const observer = new ResizeObserver(() => this.settle());
    observer.observe(log);
    signal?.addEventListener("abort", () => observer.disconnect());
  }

  /** The log has been drawn with so many lines; `jump` goes to the end wherever the reader is. */
  drawn(lines, jump) {
    const more = lines > this.#lines;
    this.#lines = lines;
    if (this.log.scrollTop < this.#top) this.#look(); // the browser tells of scrolling a frame late
    if (jump || this.#atEnd) this.toEnd();
    else if (more) this.button.hidden = false;
  }

  /** Something has changed its size. */
  settle() {
    if (this.#atEnd) this.toEnd();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#top = this.log.scrollTop;
    this.#atEnd = true;
    this.button.hidden = true;
  }

  #look() {
    this.#atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < SLACK;
    if (this.#atEnd) this.button.hidden = true;
  }
}
