import { statfs } from "node:fs/promises";

/** A restore ends itself when less than this would be left on the disk: a full system disk harms more than a missing restore. */
const LEAST_FREE_BYTES = 128 * 1024 * 1024;
const FREE_SPACE_EVERY_MS = 1000;

/** Looks every second how much is free and ends borg before the disk is full; also fires when the task is stopped. */
export function watchFreeSpace(target: string, outer: AbortSignal) {
  const control = new AbortController();
  let ranOut = false;
  const stopInner = () => control.abort();
  outer.addEventListener("abort", stopInner, { once: true });
  if (outer.aborted) stopInner();
  const look = async () => {
    const { bavail, bsize } = await statfs(target);
    if (bavail * bsize >= LEAST_FREE_BYTES) return;
    ranOut = true;
    control.abort();
  };
  // A file system that cannot be asked is not a full one; borg's own errors still count.
  const timer = setInterval(() => look().catch(() => undefined), FREE_SPACE_EVERY_MS);
  return {
    signal: control.signal,
    ranOut: () => ranOut,
    stop: () => {
      clearInterval(timer);
      outer.removeEventListener("abort", stopInner);
    },
  };
}
