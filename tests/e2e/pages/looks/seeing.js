// What a page must not do, whoever looks at it: be wider than the screen, or hide a part of a word without saying it elsewhere.
() => {
  const told = [];
  const name = (element) => {
    const classes = typeof element.className === "string" ? element.className.trim().split(/\s+/).filter(Boolean) : [];
    return [element.tagName.toLowerCase(), ...classes].join(".");
  };
  const all = function* (root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* all(element.shadowRoot);
    }
  };
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) told.push(`the page is ${scrollWidth} px wide, ${clientWidth} px are seen`);
  for (const element of all(document)) {
    if (!element.checkVisibility() || element.clientWidth <= 1) continue;
    const style = getComputedStyle(element);
    const where = `${name(element)} "${element.textContent.trim().slice(0, 40)}"`;
    const box = element.getBoundingClientRect();
    const outside = box.width > 1 && box.right > clientWidth + 1 && !element.closest(".scrolling, [data-view], ul, [popover]");
    if (outside && style.position === "fixed") told.push(`${where} reaches beyond the screen`);
    if (!["hidden", "clip"].includes(style.overflowX) || element.scrollWidth <= element.clientWidth + 1) continue;
    if (!element.textContent.trim() || element.closest("[title]")) continue;
    told.push(`${where} is cut off: ${element.scrollWidth} of ${element.clientWidth} px`);
  }
  return told;
}
