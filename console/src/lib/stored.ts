/** JSON in the browser's storage. Storage that is full, switched off or spoilt counts as empty. */

export function recall<Value>(storage: () => Storage, key: string): Value | null {
  try {
    return JSON.parse(storage().getItem(key) ?? "null") as Value | null;
  } catch {
    return null;
  }
}

/** Null forgets. */
export function keep(storage: () => Storage, key: string, value: unknown): void {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, JSON.stringify(value));
  } catch {
    // no storage: it lasts as long as the page
  }
}

export const perTab = () => sessionStorage;
export const perBrowser = () => localStorage;
