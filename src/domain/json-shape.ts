/** How deep arrays and objects of a message may stand in each other. The deepest of ours has eight levels. */
export const DEEPEST_JSON = 32;

/** Names by which a careless copy of an object reaches the prototype of all objects. */
const PROTOTYPE_NAMES: readonly string[] = ["__proto__", "constructor", "prototype"];

/** What is wrong with the shape of a JSON text, before anything is made of it; null: nothing. Text that is no JSON has no shape. */
export function jsonTrouble(text: string): "too-deep" | "prototype" | null {
  if (isTooDeep(text)) return "too-deep";
  // Most texts hold none of these, also not escaped, and need no second reading.
  if (!/__proto__|constructor|prototype|\\u00/i.test(text)) return null;
  try {
    return namesPrototype(JSON.parse(text)) ? "prototype" : null;
  } catch {
    return null;
  }
}

/** By its brackets alone: a text of a million of them is refused after the first few. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (++depth > DEEPEST_JSON) return true;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Also as a part of a path (`constructor.prototype.x`): superjson names places in a message so. */
function namesPrototype(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== "object" || next === null) continue;
    for (const [name, held] of Object.entries(next)) {
      if (!Array.isArray(next) && name.split(".").some((part) => PROTOTYPE_NAMES.includes(part))) return true;
      left.push(held);
    }
  }
  return false;
}
