import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Loaded before a program (node --import): its wall clock is off by the seconds in the file `offset` beside this one. */
const file = fileURLToPath(new URL("offset", import.meta.url));
const TrueDate = Date;
let readAt = -1;
let offsetMs = 0;

function now() {
  if (performance.now() - readAt > 20) {
    offsetMs = Number(readFileSync(file, "utf8")) * 1000;
    readAt = performance.now();
  }
  return TrueDate.now() + offsetMs;
}

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [now()], made),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
