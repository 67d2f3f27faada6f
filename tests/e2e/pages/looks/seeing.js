// What a page must not do, whoever looks at it: be wider than the screen, scroll sideways, or hide a part of a word
// without saying it elsewhere.
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
  const ruler = document.createElement("canvas").getContext("2d");
  const widthOf = (text, { fontWeight, fontSize, fontFamily }) => {
    ruler.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    return ruler.measureText(text).width;
  };
  /** Of what a field shows: its choice, or its hint while it is empty. */
  const shownIn = (field) => (field.tagName === "SELECT" ? field.selectedOptions[0]?.text : field.value ? "" : field.placeholder) ?? "";
  const ARROW = 20; // pixels that a select needs for its sign

  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) told.push(`the page is ${scrollWidth} px wide, ${clientWidth} px are seen`);
  for (const element of all(document)) {
    if (!element.checkVisibility() || element.clientWidth <= 1) continue;
    const style = getComputedStyle(element);
    const where = `${name(element)} "${element.textContent.trim().slice(0, 40)}"`;
    const box = element.getBoundingClientRect();
    if (style.position === "fixed" && box.width > 1 && (box.right > clientWidth + 1 || box.left < -1)) {
      told.push(`${where} reaches beyond the screen`);
    }
    if (element.matches("input:not([type=checkbox], [type=radio]), select")) {
      const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - (element.tagName === "SELECT" ? ARROW : 0);
      const needed = widthOf(shownIn(element), style);
      if (needed > room + 1) told.push(`${where} ${element.id} shows ${Math.round(room)} of ${Math.round(needed)} px of "${shownIn(element)}"`);
      continue;
    }
    const wider = element.scrollWidth > element.clientWidth + 1;
    if (!wider || !element.textContent.trim() || style.display === "inline") continue;
    const much = `${element.scrollWidth} of ${element.clientWidth} px`;
    const writes = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (["hidden", "clip"].includes(style.overflowX)) {
      if (!element.closest("[title]")) told.push(`${where} is cut off: ${much}`);
    } else if (["auto", "scroll"].includes(style.overflowX)) {
      if (!element.closest(".scrolling, pre")) told.push(`${where} scrolls sideways: ${much}`);
    } else if (writes) told.push(`${where} runs out of its box: ${much}`);
  }
  return told;
}
