/** A phone's panel fills the screen: its keyboard must not cover the box, nor the page behind scroll. */

const PHONE = "(max-width: 640px)";

/** Gives how to undo it. */
export function coverScreen(panel: HTMLElement): () => void {
  const phone = matchMedia(PHONE);
  const page = document.documentElement;
  const overflow = page.style.overflow;
  const view = window.visualViewport;

  function fit(): void {
    page.style.overflow = phone.matches ? "hidden" : overflow;
    panel.setAttribute("aria-modal", String(phone.matches));
    // iOS does not shrink the page for its keyboard; who has zoomed in sees a part, and is left alone
    const keyboard = phone.matches && view && view.scale < 1.01;
    panel.style.height = keyboard ? `${view.height}px` : "";
    panel.style.top = keyboard ? `${view.offsetTop}px` : "";
  }

  fit();
  phone.addEventListener("change", fit);
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", fit);
  return () => {
    phone.removeEventListener("change", fit);
    view?.removeEventListener("resize", fit);
    view?.removeEventListener("scroll", fit);
    page.style.overflow = overflow;
  };
}

/** On a phone the page behind cannot be seen, so Tab stays in the panel. */
export function holdFocus(panel: HTMLElement, event: KeyboardEvent): void {
  if (!matchMedia(PHONE).matches) return;
  const reachable = [...panel.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, [tabindex='0']")].filter(
    (each) => !(each as HTMLButtonElement).disabled && each.offsetParent !== null,
  );
  const [first, last] = [reachable[0], reachable.at(-1)];
  const at = (panel.getRootNode() as ShadowRoot).activeElement;
  if (event.shiftKey ? at === first || at === panel : at === last) {
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}
