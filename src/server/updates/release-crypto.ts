import { createHash, createPublicKey, verify } from "node:crypto";
import type { ReleaseCrypto } from "~/protocol/release";

/** What the rules of releases (protocol/release) need of node. */
export const releaseCrypto: ReleaseCrypto = {
  sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
  verify(publicKey, message, signature) {
    try {
      const x = Buffer.from(publicKey).toString("base64url");
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
      return verify(null, message, key, signature);
    } catch {
      return false;
    }
  },
};
