import { describe, expect, it } from "vitest";
import { outgoingEntryProblem } from "./outgoing-entry";

describe("an entry of what outgoing connections may reach", () => {
  it.each([
    "mail.office.example",
    "relay",
    "10.1.2.3",
    "10.0.0.0/8",
    "192.168.7.9/32",
    "fd12::1",
    "fd00::/16",
    "::1",
  ])("may be %s", (entry) => expect(outgoingEntryProblem(entry)).toBeNull());
  it.each([
    ["everything", "0.0.0.0/0"],
    ["half of everything", "128.0.0.0/1"],
    ["all of IPv6", "::/0"],
    ["a prefix that is too long", "10.0.0.0/33"],
    ["two slashes", "10.0.0.0/8/8"],
    ["an address that is none", "10.0.0.256"],
    ["a number that resolvers take for an address", "2130706433"],
    ["a hexadecimal number that they do as well", "0x7f.0x1"],
    ["an octal one", "0177.0.0.01"],
    ["a URL", "https://mail.office.example"],
    ["a pattern", "*.office.example"],
    ["two words", "mail office"],
    ["an empty text", ""],
  ])("may not be %s", (_, entry) => expect(outgoingEntryProblem(entry)).not.toBeNull());
});
