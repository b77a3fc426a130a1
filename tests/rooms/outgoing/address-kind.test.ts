import { describe, expect, it } from "vitest";
import { addressKind, embeddedIpv4 } from "~/server/outgoing/address-kind";
import { judgeAddress, readAllowed } from "~/server/outgoing/allowed-targets";

/** Everything here reaches, on some machine, something that only the inside should reach. */
const INTERNAL = [
  ...["127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255"],
  ...["192.168.1.1", "169.254.1.1", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1"],
  ...["198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250"],
  ...["240.0.0.1", "255.255.255.255"],
  ...[
    "::",
    "::1",
    "0:0:0:0:0:0:0:1",
    "fe80::1",
    "febf::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
  ],
  ...[
    "ff02::1",
    "ff0e::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "3fff::1",
    "100::1",
  ],
  // IPv4 in the clothes of IPv6: mapped in both notations, compatible, translated, NAT64.
  ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::FFFF:10.0.0.1", "0:0:0:0:0:ffff:c0a8:0101", "::127.0.0.1"],
  ...["::7f00:1", "::ffff:0:127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1"],
  // No address in the eyes of node: the operating system resolves some of these, and what comes out is judged then.
  ...["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "", "localhost"],
];

const METADATA = [
  ...["169.254.169.254", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "169.254.170.2"],
  ...["100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"],
];

const PUBLIC = [
  ...["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255"],
  ...[
    "172.32.0.1",
    "192.167.255.255",
    "192.169.0.1",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
  ],
  ...["2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001:80f::200e"],
];

describe("an address", () => {
  it.each(INTERNAL)("%s is internal", (address) => expect(addressKind(address)).toBe("internal"));
  it.each(METADATA)("%s is where clouds hand out credentials", (address) =>
    expect(addressKind(address)).toBe("metadata"),
  );
  it.each(PUBLIC)("%s is public", (address) => expect(addressKind(address)).toBe("public"));
  it("in IPv6's clothes is the IPv4 that it stands for", () => {
    expect(embeddedIpv4("::ffff:192.168.7.9")).toBe("192.168.7.9");
    expect(embeddedIpv4("64:ff9b::192.168.7.9")).toBe("192.168.7.9");
    expect(embeddedIpv4("2606:4700::c0a8:709")).toBeNull();
  });
});

describe("what is allowed", () => {
  const allowed = readAllowed([
    "idp.office.example",
    "10.1.0.0/16",
    "192.168.7.9",
    "fd12::/32",
    "nonsense/99",
  ]);

  it.each([
    ["a public one, without being listed", "login.example.org", "8.8.8.8"],
    ["one of a listed range", "any.example", "10.1.2.3"],
    ["one of a listed range in IPv6's clothes", "any.example", "::ffff:10.1.2.3"],
    ["a listed one", "192.168.7.9", "192.168.7.9"],
    ["one of a listed range of IPv6", "any.example", "fd12::5"],
    [
      "wherever a listed name points, in any case and with a dot at its end",
      "IDP.Office.example.",
      "172.16.0.9",
    ],
  ])("may be reached: %s", (_, host, address) =>
    expect(judgeAddress(host, address, allowed)).toBe("allowed"),
  );

  it.each([
    ["one beside a listed range", "any.example", "10.2.0.1", "internal"],
    ["the neighbour of a listed one", "any.example", "192.168.7.10", "internal"],
    ["a name below a listed one", "evil.idp.office.example", "172.16.0.9", "internal"],
    [
      "a listed name that points to where credentials are",
      "idp.office.example",
      "169.254.169.254",
      "metadata",
    ],
    ["an address with an interface", "any.example", "fe80::1%eth0", "internal"],
  ])("may not be reached: %s", (_, host, address, kind) =>
    expect(judgeAddress(host, address, allowed)).toBe(kind),
  );
});
