import type { ServerResponse } from "node:http";

/** By this header a route tells how long its answer is. It never leaves the machine. */
const TOLD_LENGTH = "x-bbs-length";

/** Next drops the Content-Length of a route's answer (16.4, send-response): what a route tells by a header of ours is put in its place. */
export function keepToldLength(response: ServerResponse): void {
  const set = response.setHeader.bind(response);
  response.setHeader = (name, value) =>
    name.toLowerCase() === TOLD_LENGTH ? set("content-length", String(value)) : set(name, value);
}
