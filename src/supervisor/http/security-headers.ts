import type { IncomingMessage, ServerResponse } from "node:http";

/** A year, as browsers' own lists ask for. Without sub-domains: they are not ours to decide about. */
const HSTS_SECONDS = 365 * 24 * 3600;

/** What no page of ours needs. Only what is named here is closed, so the list holds every feature that browsers know by a policy. */
const CLOSED_FEATURES = [
  "accelerometer",
  "ambient-light-sensor",
  "attribution-reporting",
  "autoplay",
  "bluetooth",
  "browsing-topics",
  "camera",
  "compute-pressure",
  "display-capture",
  "encrypted-media",
  "gamepad",
  "geolocation",
  "gyroscope",
  "hid",
  "identity-credentials-get",
  "idle-detection",
  "local-fonts",
  "magnetometer",
  "microphone",
  "midi",
  "otp-credentials",
  "payment",
  "picture-in-picture",
  "screen-wake-lock",
  "serial",
  "storage-access",
  "usb",
  "window-management",
  "xr-spatial-tracking",
] as const;

/** Passkeys, copying a token, and looking at a diagram in full: on our own pages only. */
const OWN_FEATURES = [
  "clipboard-write",
  "fullscreen",
  "publickey-credentials-create",
  "publickey-credentials-get",
];

const PERMISSIONS_POLICY = [
  ...CLOSED_FEATURES.map((feature) => `${feature}=()`),
  ...OWN_FEATURES.map((feature) => `${feature}=(self)`),
].join(", ");

/**
 * Every answer gets these, also errors, downloads and what Next answers by itself. The policy is for what is no page: nothing of it may run
 * or be framed. Pages bring their own (src/proxy.ts), which takes its place.
 */
export function setSecurityHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  { https }: { https: boolean },
): void {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("x-frame-options", "DENY");
  response.setHeader(
    "content-security-policy",
    `${isFromArchive(request) ? "sandbox; " : ""}default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("permissions-policy", PERMISSIONS_POLICY);
  // A browser that heard this from its own machine would refuse every other program there that speaks http.
  if (https && !isOwnMachine(request.headers.host ?? "")) {
    response.setHeader("strict-transport-security", `max-age=${HSTS_SECONDS}`);
  }
}

/** What comes out of an archive is whatever its maker liked: also as a page it runs nothing and is of no origin. */
function isFromArchive({ url = "" }: IncomingMessage): boolean {
  return url.startsWith("/api/downloads/");
}

function isOwnMachine(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}
