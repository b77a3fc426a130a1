/** A path of this console from a URL parameter; anything else (another host, nothing) becomes the overview. */
export function localPath(text: string | string[] | undefined | null): string {
  if (typeof text !== "string" || !/^\/(?![/\\])/.test(text)) return "/";
  return text.startsWith("/sign-in") || text.startsWith("/setup") ? "/" : text;
}
