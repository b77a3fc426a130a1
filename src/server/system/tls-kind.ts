import { env } from "~/env";

/**
 * Who vouches for the encryption of the console's address: our own certificate that agents pin, one that was given, a proxy in front of
 * us, or nobody (plain http, on this machine only).
 */
export type TlsKind = "self-signed" | "given" | "proxy" | "none";

/** The kind in force. The supervisor fills in the fingerprint of the certificate that our HTTP server shows. */
export function tlsKind(): TlsKind {
  const { appUrl, tlsCert, tlsFingerprint, trustedProxies } = env();
  if (!appUrl.startsWith("https:")) return "none";
  if (trustedProxies.length > 0) return "proxy";
  if (tlsCert) return "given";
  return tlsFingerprint ? "self-signed" : "proxy";
}
