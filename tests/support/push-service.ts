import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { generate } from "selfsigned";
import { onTestFinished } from "vitest";
import type { PushPayload, PushSubscription } from "~/domain/push";

/** What the push service took, and what the browser behind it read. */
export interface TakenPush {
  headers: IncomingHttpHeaders;
  body: Buffer;
  note: PushPayload;
}

export interface PushService {
  origin: string;
  /** The status that it answers with. */
  status: number;
  taken: TakenPush[];
  /** How often it was asked, whatever it answered. */
  asked: number;
  /** What one browser gives out: its own address here, and the public halves of its keys. */
  browser(): PushSubscription;
}

/** One for all of a test file: making it takes longer than what is tested. */
let certificate: ReturnType<typeof generate> | undefined;

/** A push service with real TLS on loopback, and browsers behind it that decrypt what comes with their own private keys. */
export async function pushService(given: { trusted?: boolean } = {}): Promise<PushService> {
  certificate ??= generate([{ name: "commonName", value: "127.0.0.1" }], {
    keySize: 2048,
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  const made = await certificate;
  if (given.trusted !== false) trust(made.cert);
  const browsers = new Map<string, (body: Buffer) => PushPayload>();
  const service: PushService = { origin: "", status: 201, taken: [], asked: 0, browser };
  const server = createServer({ key: made.private, cert: made.cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      service.asked++;
      const body = Buffer.concat(chunks);
      const read = browsers.get(request.url ?? "");
      const isTaken = read && service.status < 300;
      if (isTaken) service.taken.push({ headers: request.headers, body, note: read(body) });
      response.writeHead(read ? service.status : 404).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  service.origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function browser(): PushSubscription {
    const keys = createECDH("prime256v1");
    const publicKey = keys.generateKeys();
    const auth = randomBytes(16);
    const path = `/push/${randomBytes(12).toString("hex")}`;
    browsers.set(path, (body) => JSON.parse(decrypted(body, { keys, publicKey, auth }).toString("utf8")));
    return {
      endpoint: `${service.origin}${path}`,
      p256dh: publicKey.toString("base64url"),
      auth: auth.toString("base64url"),
    };
  }
  return service;
}

/** RFC 8291, 3 and 4, over one record of RFC 8188. Written from the text, apart from what encrypts. */
function decrypted(
  body: Buffer,
  own: { keys: ReturnType<typeof createECDH>; publicKey: Buffer; auth: Buffer },
): Buffer {
  const salt = body.subarray(0, 16);
  const recordBytes = body.readUInt32BE(16);
  const senderKey = body.subarray(21, 21 + body.readUInt8(20));
  const record = body.subarray(21 + senderKey.length);
  if (record.length > recordBytes) throw new Error("more than one record");
  const hmac = (key: Buffer, ...parts: Buffer[]) =>
    createHmac("sha256", key).update(Buffer.concat(parts)).digest();
  const one = Buffer.from([1]);
  const shared = own.keys.computeSecret(senderKey);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), own.publicKey, senderKey]);
  const secret = hmac(salt, hmac(hmac(own.auth, shared), info, one));
  const key = hmac(secret, Buffer.from("Content-Encoding: aes128gcm\0"), one).subarray(0, 16);
  const nonce = hmac(secret, Buffer.from("Content-Encoding: nonce\0"), one).subarray(0, 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce).setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = plain.lastIndexOf(2);
  if (end < 0 || plain.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("no end of the record");
  return plain.subarray(0, end);
}

/** RFC 8292: what a message's sender says of itself, after the signature was found to be of `publicKey`. */
export function vapidClaims(
  headers: IncomingHttpHeaders,
  publicKey: string,
): { aud: string; exp: number; sub: string } {
  const [, token = "", key] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization ?? "") ?? [];
  if (key !== publicKey) throw new Error("signed by another key");
  const [head = "", claims = "", signature = ""] = token.split(".");
  const point = Buffer.from(publicKey, "base64url");
  const jwk = {
    ...{ kty: "EC", crv: "P-256" },
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const isRight = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!isRight) throw new Error("the signature does not fit");
  return JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
}

/** As NODE_EXTRA_CA_CERTS does for a program from its start on: one more authority, everything else is verified as always. */
function trust(certificate: string): void {
  const genuine = tls.createSecureContext;
  tls.createSecureContext = (options) => {
    const context = genuine(options);
    context.context.addCACert(certificate);
    return context;
  };
  onTestFinished(() => {
    tls.createSecureContext = genuine;
  });
}
