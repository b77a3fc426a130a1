import { hostname } from "node:os";
import { expect, it } from "vitest";
import { internalAddress } from "~/supervisor/internal-address";

const here = { storageIsHere: true };
const apart = { storageIsHere: false };
const at = (listen: string, internal?: string) => ({ listen, port: 3000, internalAddress: internal });

it.each([
  [at("0.0.0.0"), here, "127.0.0.1:3000"],
  [at("::"), here, "[::1]:3000"],
  [at("192.0.2.7"), here, "192.0.2.7:3000"],
  [at("2001:db8::7"), apart, "[2001:db8::7]:3000"],
  [at("0.0.0.0"), apart, `${hostname()}:3000`],
  [at("0.0.0.0", "web-1.internal"), apart, "web-1.internal:3000"],
  [at("0.0.0.0", "web-1.internal:8443"), here, "web-1.internal:8443"],
  [at("0.0.0.0", "[2001:db8::7]"), apart, "[2001:db8::7]:3000"],
])("%j with %j is reached at %s", (env, where, address) => {
  expect(internalAddress(env, where)).toBe(address);
});
