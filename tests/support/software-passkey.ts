import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { isoCBOR } from "@simplewebauthn/server/helpers";

/** Bits of authenticator data (WebAuthn level 2, 6.1). */
const PRESENT = 0x01;
const VERIFIED = 0x04;
const NEW_KEY = 0x40;

/** What a browser or an authenticator may do wrong, or a thief. */
export interface Twist {
  origin?: string;
  rpId?: string;
  challenge?: string;
  unverified?: boolean;
  counter?: number;
  type?: string;
  userHandle?: string;
}

/** An authenticator in software that signs as WebAuthn says (ES256), to answer the server with right and wrong things. */
export class SoftwarePasskey {
  readonly id = randomBytes(24);
  counter = 0;
  userHandle = "";
  private readonly privateKey: KeyObject;
  private readonly coseKey: Uint8Array;

  constructor(private readonly origin: string) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x, y } = publicKey.export({ format: "jwk" });
    this.privateKey = privateKey;
    this.coseKey = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(String(x), "base64url"))],
        [-3, new Uint8Array(Buffer.from(String(y), "base64url"))],
      ]),
    );
  }

  make(options: PublicKeyCredentialCreationOptionsJSON, twist: Twist = {}): RegistrationResponseJSON {
    this.userHandle = options.user.id;
    const size = Buffer.alloc(2);
    size.writeUInt16BE(this.id.length);
    const key = Buffer.concat([Buffer.alloc(16), size, this.id, this.coseKey]);
    const authData = Buffer.concat([this.authData(options.rp.id ?? "", NEW_KEY, twist), key]);
    const attestationObject = isoCBOR.encode(
      new Map<string | number, string | Map<string | number, string> | Uint8Array>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", new Uint8Array(authData)],
      ]),
    );
    return {
      ...this.named(),
      response: {
        clientDataJSON: this.clientData("webauthn.create", options.challenge, twist),
        attestationObject: Buffer.from(attestationObject).toString("base64url"),
        transports: ["internal"],
      },
    };
  }

  show(options: PublicKeyCredentialRequestOptionsJSON, twist: Twist = {}): AuthenticationResponseJSON {
    this.counter += 1;
    const authData = this.authData(options.rpId ?? "", 0, twist);
    const clientDataJSON = this.clientData("webauthn.get", options.challenge, twist);
    const hash = createHash("sha256").update(Buffer.from(clientDataJSON, "base64url")).digest();
    return {
      ...this.named(),
      response: {
        clientDataJSON,
        authenticatorData: authData.toString("base64url"),
        signature: sign("sha256", Buffer.concat([authData, hash]), this.privateKey).toString("base64url"),
        userHandle: twist.userHandle ?? this.userHandle,
      },
    };
  }

  private named() {
    const id = this.id.toString("base64url");
    return { id, rawId: id, type: "public-key", clientExtensionResults: {} } as const;
  }

  private authData(rpId: string, more: number, twist: Twist): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(twist.counter ?? this.counter);
    const flags = Buffer.from([PRESENT | (twist.unverified ? 0 : VERIFIED) | more]);
    const party = createHash("sha256")
      .update(twist.rpId ?? rpId)
      .digest();
    return Buffer.concat([party, flags, counter]);
  }

  private clientData(type: string, challenge: string, twist: Twist): string {
    const told = {
      type: twist.type ?? type,
      challenge: twist.challenge ?? challenge,
      origin: twist.origin ?? this.origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(told)).toString("base64url");
  }
}
