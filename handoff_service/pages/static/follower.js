/** Keeps a log at its newest line, unless the reader has scrolled up: then a button says that there is more below. */

const SLACK = 48; // about two lines: a reader at the end is seldom exactly there

export class Follower {
  #atEnd = true;
  #lines = 0;
  #top = 0; // where the end was when it was last gone to

  constructor(log, button) {
    this.log = log;
    this.button = button;
    log.addEventListener("scroll", () => this.#look(), { passive: true });
    button.addEventListener("click", () => this.toEnd());
    // The log shrinks too: for a phone's keyboard, for answers on offer, for a longer draft.
    new ResizeObserver(() => this.settle()).observe(log);
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
