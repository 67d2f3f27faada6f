/** Building and updating the page. Text always goes in as text nodes: nothing that people write is ever markup. */

/** An element; `props` are attributes, except `class`, `data` and functions (`onclick`). Null props are left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Set text only where it changed, so that screen readers and selections are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Make the children of `container` show `items` in order, keeping the nodes (and the focus) of those that stay.
 * `create(item)` gives a node with an `update(item)` method.
 */
export function reconcile(container, items, keyOf, create) {
  const known = (container.rows ??= new Map());
  const wanted = new Set(items.map(keyOf));
  for (const [key, node] of known) {
    if (wanted.has(key)) continue;
    node.remove();
    known.delete(key);
  }
  let place = container.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = known.get(key);
    if (!node) {
      node = create(item);
      known.set(key, node);
    }
    node.update(item);
    if (node === place) place = place.nextSibling;
    else moveBefore(container, node, place);
  }
}

function moveBefore(container, node, place) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  container.insertBefore(node, place);
  focused?.focus();
}
