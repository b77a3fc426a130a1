import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { generate } from "selfsigned";
import { StartRefusal } from "./refuse-start";

/** Where the certificate in use lies. The key may be read by the web program's group only. */
export function tlsFiles(data: string): { cert: string; key: string; fingerprint: string } {
  const folder = join(data, "secrets/tls");
  return {
    cert: join(folder, "cert.pem"),
    key: join(folder, "key.pem"),
    fingerprint: join(folder, "fingerprint"),
  };
}

export interface TlsOptions {
  data: string;
  appUrl: string;
  /** Paths of TLS_CERT and TLS_KEY; copied at every start, so a renewed certificate is taken then. */
  given: { cert: string; key: string } | null;
  /** Group that may read the key; null without root. */
  readerGroup: number | null;
}

/**
 * Puts a certificate where the web program reads it and answers the fingerprint that agents must pin (SHA-256, lower-case hex), or null
 * for one that the public roots vouch for. Without a given one, a self-signed certificate is made once and then kept, also when APP_URL
 * changes: agents know it by its fingerprint, not by its names.
 */
export async function ensureTls({ data, appUrl, given, readerGroup }: TlsOptions): Promise<string | null> {
  const files = tlsFiles(data);
  await mkdir(join(data, "secrets/tls"), { recursive: true, mode: 0o755 });
  if (given) {
    await save(files.cert, await readGiven("TLS_CERT", given.cert), 0o644);
    await save(files.key, await readGiven("TLS_KEY", given.key), 0o640);
  } else if (!existsSync(files.cert) || !existsSync(files.key)) {
    const made = await makeSelfSigned(new URL(appUrl).hostname);
    await save(files.key, made.key, 0o640);
    await save(files.cert, made.cert, 0o644);
  }
  if (readerGroup !== null) await chown(files.key, 0, readerGroup);
  const chain = await readFile(files.cert, "utf8");
  const fingerprint = fingerprintOf(chain);
  await save(files.fingerprint, `${fingerprint}\n`, 0o644);
  return isPubliclyTrusted(chain) ? null : fingerprint;
}

/** SHA-256 of the first certificate of a PEM file, lower-case hex. */
export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}

async function makeSelfSigned(host: string): Promise<{ cert: string; key: string }> {
  const names = [...new Set([host.replace(/^\[|\]$/g, ""), hostname(), "localhost"])];
  const notAfterDate = new Date();
  notAfterDate.setFullYear(notAfterDate.getFullYear() + 10);
  const made = await generate([{ name: "commonName", value: host }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...names.map((name) =>
            isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
          ),
          { type: 7 as const, ip: "127.0.0.1" },
          { type: 7 as const, ip: "::1" },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** The last certificate of the chain was issued by (or is) one of the roots that node and browsers bring along. */
function isPubliclyTrusted(chain: string): boolean {
  const last = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)?.at(-1);
  if (!last) return false;
  const certificate = new X509Certificate(last);
  return rootCertificates.some((root) => certificate.checkIssued(new X509Certificate(root)));
}

async function readGiven(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new StartRefusal(
      `${setting} names ${path}, which cannot be read. Give the path of a PEM file, or leave ${setting} out.`,
    );
  }
}

async function save(path: string, text: string, mode: number): Promise<void> {
  await writeFile(path, text, { mode });
  await chmod(path, mode);
}
