/** Stands for this console where only the path counts. */
const HERE = "https://console.invalid";

/**
 * A path of this console from a URL parameter; anything else (another host, nothing) becomes the overview. Judged as a browser reads it, which
 * takes `\` for `/`, leaves tabs and line ends out and resolves dots before it looks for a host.
 */
export function localPath(text: string | string[] | undefined | null): string {
  if (typeof text !== "string" || !text.startsWith("/") || !URL.canParse(text, HERE)) return "/";
  const { origin, pathname, search, hash } = new URL(text, HERE);
  if (origin !== HERE || pathname.startsWith("//")) return "/";
  return /^\/(sign-in|setup)/.test(pathname) ? "/" : pathname + search + hash;
}
