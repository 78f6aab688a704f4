import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { canonicalAddress, isMetadata, readNetwork, specialUse } from "../../src/egress/special.ts";

// Each range by its first and last address, and the two just outside with what they are.
const EDGES: [use: string, before: [string, string?], first: string, last: string, after: [string, string?]][] = [
  ["this-network", ["0.0.0.0", "unspecified"], "0.0.0.1", "0.255.255.255", ["1.0.0.0"]],
  ["private", ["9.255.255.255"], "10.0.0.0", "10.255.255.255", ["11.0.0.0"]],
  ["carrier-grade NAT", ["100.63.255.255"], "100.64.0.0", "100.127.255.255", ["100.128.0.0"]],
  ["loopback", ["126.255.255.255"], "127.0.0.0", "127.255.255.255", ["128.0.0.0"]],
  ["link-local", ["169.253.255.255"], "169.254.0.0", "169.254.255.255", ["169.255.0.0"]],
  ["private", ["172.15.255.255"], "172.16.0.0", "172.31.255.255", ["172.32.0.0"]],
  ["protocol", ["191.255.255.255"], "192.0.0.0", "192.0.0.255", ["192.0.1.0"]],
  ["documentation", ["192.0.1.255"], "192.0.2.0", "192.0.2.255", ["192.0.3.0"]],
  ["AS112", ["192.31.195.255"], "192.31.196.0", "192.31.196.255", ["192.31.197.0"]],
  ["AMT", ["192.52.192.255"], "192.52.193.0", "192.52.193.255", ["192.52.194.0"]],
  ["6to4 relay", ["192.88.98.255"], "192.88.99.0", "192.88.99.255", ["192.88.100.0"]],
  ["private", ["192.167.255.255"], "192.168.0.0", "192.168.255.255", ["192.169.0.0"]],
  ["AS112", ["192.175.47.255"], "192.175.48.0", "192.175.48.255", ["192.175.49.0"]],
  ["benchmarking", ["198.17.255.255"], "198.18.0.0", "198.19.255.255", ["198.20.0.0"]],
  ["documentation", ["198.51.99.255"], "198.51.100.0", "198.51.100.255", ["198.51.101.0"]],
  ["documentation", ["203.0.112.255"], "203.0.113.0", "203.0.113.255", ["203.0.114.0"]],
  ["multicast", ["223.255.255.255"], "224.0.0.0", "239.255.255.255", ["240.0.0.0", "reserved"]],
  ["reserved", ["239.255.255.255", "multicast"], "240.0.0.0", "255.255.255.254", ["255.255.255.255", "broadcast"]],
  ["IPv4-compatible", ["::1", "loopback"], "::2", "::ffff:ffff", ["::1:0:0", "reserved"]],
  [
    "IPv4-translated",
    ["::fffe:ffff:ffff:ffff", "reserved"],
    "::ffff:0:0:0",
    "::ffff:0:ffff:ffff",
    ["::ffff:1:0:0", "reserved"],
  ],
  [
    "NAT64",
    ["64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"],
    "64:ff9b::",
    "64:ff9b::ffff:ffff",
    ["64:ff9b::1:0:0", "reserved"],
  ],
  [
    "NAT64",
    ["64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "reserved"],
    "64:ff9b:1::",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    ["64:ff9b:2::", "reserved"],
  ],
  [
    "discard-only",
    ["ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"],
    "100::",
    "100::ffff:ffff:ffff:ffff",
    ["100:0:0:1::", "dummy"],
  ],
  [
    "dummy",
    ["100::ffff:ffff:ffff:ffff", "discard-only"],
    "100:0:0:1::",
    "100::1:ffff:ffff:ffff:ffff",
    ["100:0:0:2::", "reserved"],
  ],
  [
    "reserved",
    ["100::1:ffff:ffff:ffff:ffff", "dummy"],
    "100:0:0:2::",
    "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["2000::"],
  ],
  [
    "Teredo",
    ["2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    "2001::",
    "2001::ffff:ffff:ffff:ffff:ffff:ffff",
    ["2001:1::", "protocol"],
  ],
  [
    "benchmarking",
    ["2001:1:ffff:ffff:ffff:ffff:ffff:ffff", "protocol"],
    "2001:2::",
    "2001:2:0:ffff:ffff:ffff:ffff:ffff",
    ["2001:2:1::", "protocol"],
  ],
  [
    "AMT",
    ["2001:2:ffff:ffff:ffff:ffff:ffff:ffff", "protocol"],
    "2001:3::",
    "2001:3:ffff:ffff:ffff:ffff:ffff:ffff",
    ["2001:4::", "protocol"],
  ],
  [
    "AS112",
    ["2001:4:111:ffff:ffff:ffff:ffff:ffff", "protocol"],
    "2001:4:112::",
    "2001:4:112:ffff:ffff:ffff:ffff:ffff",
    ["2001:4:113::", "protocol"],
  ],
  [
    "ORCHID",
    ["2001:f:ffff:ffff:ffff:ffff:ffff:ffff", "protocol"],
    "2001:10::",
    "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff",
    ["2001:20::", "ORCHID"],
  ],
  [
    "ORCHID",
    ["2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", "ORCHID"],
    "2001:20::",
    "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff",
    ["2001:30::", "drone remote ID"],
  ],
  [
    "drone remote ID",
    ["2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", "ORCHID"],
    "2001:30::",
    "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff",
    ["2001:40::", "protocol"],
  ],
  [
    "protocol",
    ["2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", "drone remote ID"],
    "2001:40::",
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["2001:200::"],
  ],
  [
    "documentation",
    ["2001:db7:ffff:ffff:ffff:ffff:ffff:ffff"],
    "2001:db8::",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    ["2001:db9::"],
  ],
  [
    "6to4",
    ["2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    "2002::",
    "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["2003::"],
  ],
  [
    "AS112",
    ["2620:4f:7fff:ffff:ffff:ffff:ffff:ffff"],
    "2620:4f:8000::",
    "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
    ["2620:4f:8001::"],
  ],
  [
    "documentation",
    ["3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    "3fff::",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["3fff:1000::"],
  ],
  [
    "reserved",
    ["3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    "4000::",
    "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["5f00::", "SRv6"],
  ],
  [
    "SRv6",
    ["5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"],
    "5f00::",
    "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["5f01::", "reserved"],
  ],
  [
    "unique local",
    ["fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"],
    "fc00::",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["fe00::", "reserved"],
  ],
  [
    "link-local",
    ["fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"],
    "fe80::",
    "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["fec0::", "site-local"],
  ],
  [
    "site-local",
    ["febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local"],
    "fec0::",
    "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["ff00::", "multicast"],
  ],
  [
    "multicast",
    ["feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "site-local"],
    "ff00::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ["255.255.255.255", "broadcast"],
  ],
];

describe("specialUse", () => {
  test.each(
    EDGES,
  )("names the range %s from its first address to its last, and not past them", (use, before, first, last, after) => {
    const uses = [before[0], first, last, after[0]].map(specialUse);
    expect(uses).toEqual([before[1], use, use, after[1]]);
  });

  test.each([
    ["0.0.0.0", "unspecified"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["0:0:0:0:0:0:0:1", "loopback"],
    ["255.255.255.255", "broadcast"],
    ["8.8.8.8", undefined],
    ["2600::1", undefined],
    ["2001:4860:4860::8888", undefined],
    ["2606:4700:4700:0:0:0:0:1111", undefined],
    ["::ffff:8.8.8.8", undefined],
    ["::ffff:10.0.0.5", "private"],
    ["::FFFF:0A00:0005", "private"],
    ["0:0:0:0:0:ffff:127.0.0.1", "loopback"],
    ["::ffff:0.0.0.0", "unspecified"],
    ["::8.8.8.8", "IPv4-compatible"],
    ["::ffff:0:8.8.8.8", "IPv4-translated"],
    ["64:ff9b::8.8.8.8", "NAT64"],
    ["2002:808:808::1", "6to4"],
    ["2600::5efe:8.8.8.8", "ISATAP"],
    ["2600::200:5efe:10.0.0.5", "ISATAP"],
    ["2600::5eff:10.0.0.5", undefined],
    ["2600::fe:10.0.0.5", undefined],
    ["2600::100:5efe:10.0.0.5", undefined],
    ["2600::1:5efe:10.0.0.5", undefined],
    ["fe80::5efe:10.0.0.5", "link-local"],
    ["fe80::1%eth0", "link-local"],
    ["FE80::1%25", "link-local"],
    ["::1%lo", "loopback"],
    ["2600::1%eth0", undefined],
    ["", "invalid"],
    ["localhost", "invalid"],
    ["8.8.8", "invalid"],
    ["134744072", "invalid"],
    ["8.8.8.8.", "invalid"],
    ["8.8.8.08", "invalid"],
    ["0x8.8.8.8", "invalid"],
    ["8.8.8.8%eth0", "invalid"],
    ["8.8.8.8/32", "invalid"],
    [" 8.8.8.8", "invalid"],
    ["[2600::1]", "invalid"],
    ["2600::1]/[", "invalid"],
    ["2600::1]:80/%[", "invalid"],
    ["2600::1/128", "invalid"],
    ["2600::1%a/b", "invalid"],
    ["2600::0.0.0.08", "invalid"],
    ["::ffff:8.8.8", "invalid"],
    ["2600:0:0:0:0:0:0:0:1", "invalid"],
    ["12600::1", "invalid"],
    ["2600::1%", "invalid"],
    ["2600::1::1", "invalid"],
    ["2600:::1", "invalid"],
    ["8.8.8.8\n", "invalid"],
    ["８.8.8.8", "invalid"],
  ])("says of %j: %s", (address, use) => {
    expect(specialUse(address)).toBe(use);
  });

  // What ipaddr.js calls unicast and we do not.
  const DIFFERENCES: [why: string, hex: RegExp][] = [
    ["IANA has given nothing out beyond 2000::/3, so that no public host is there", /^[^23]/],
    ["ISATAP sends what is for such an address on to the IPv4 address in it", /^.{16}0[02]005efe/],
  ];

  const tail = fc.oneof(
    fc.constant("0".repeat(32)),
    fc.constant("f".repeat(32)),
    fc.constant("0".repeat(31) + "1"),
    hexOf(16),
    hexOf(4).map((last) => last.padStart(32, "0")),
    hexOf(4).map((last) => `${"0".repeat(16)}00005efe${last}`),
    hexOf(4).map((last) => `${"0".repeat(16)}02005efe${last}`),
  );
  const starts = fc.constantFrom(
    ...[
      "",
      "0",
      "0000000000000000000000",
      "00000000000000000000ffff",
      "0000000000000000ffff0000",
      "0064ff9b",
      "0064ff9b0001",
    ],
    ...[
      "01",
      "0100000000000000",
      "0100000000000001",
      "1f",
      "2",
      "2000",
      "20010000",
      "20010001",
      "200100020000",
      "2001",
    ],
    ...[
      "20010003",
      "200100040112",
      "2001001",
      "2001002",
      "2001003",
      "2001004",
      "200101f",
      "200102",
      "20010db8",
      "2002",
    ],
    ...[
      "2600",
      "2620004f8000",
      "2620004f8001",
      "3ffe",
      "3fff0",
      "3fff1",
      "4",
      "5eff",
      "5f00",
      "5f01",
      "fb",
      "fc",
      "fd",
      "fe7",
    ],
    ...["fe8", "febf", "fec", "fef", "ff"],
  );
  const ipv6 = fc.tuple(starts, tail).map(([start, rest]) => start + rest.slice(start.length));
  const spelling = fc.constantFrom(
    (hex: string) => (hex.match(/.{4}/g) ?? []).join(":"),
    (hex: string) => (hex.toUpperCase().match(/.{4}/g) ?? []).join(":"),
    (hex: string) => `${(hex.match(/.{4}/g) ?? []).join(":")}%eth0`,
    (hex: string) => ipaddr.fromByteArray([...Buffer.from(hex, "hex")]).toString(),
    (hex: string) =>
      `${(hex.slice(0, 24).match(/.{4}/g) ?? []).join(":")}:${[...Buffer.from(hex.slice(24), "hex")].join(".")}`,
  );

  test("calls special what ipaddr.js does not call unicast, and nothing else but the differences known", () => {
    fc.assert(
      fc.property(ipv6, spelling, (hex, spell) => {
        const address = ipaddr.process(ipaddr.fromByteArray([...Buffer.from(hex, "hex")]).toString());
        const isOurs = address.kind() === "ipv6" && DIFFERENCES.some(([, pattern]) => pattern.test(hex));
        expect([hex, specialUse(spell(hex)) !== undefined]).toEqual([hex, address.range() !== "unicast" || isOurs]);
      }),
      { numRuns: 5_000 },
    );
  });

  test("agrees with ipaddr.js on IPv4 addresses from end to end", () => {
    const differing: string[] = [];
    for (let network = 0; network < 2 ** 24; network += 4099) {
      for (const last of [0, 1, 255]) {
        const bytes = [network >> 16, (network >> 8) & 255, network & 255, last];
        const isUnicast = new ipaddr.IPv4(bytes).range() === "unicast";
        if (isUnicast !== (specialUse(bytes.join(".")) === undefined)) differing.push(bytes.join("."));
      }
    }
    expect(differing).toEqual([]);
  });
});

describe("isMetadata", () => {
  test.each([
    "169.254.169.254",
    "169.254.0.0",
    "169.254.255.255",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "fd00:c1::a9fe:a9fe",
    "FD00:00C1:0:0:0:0:A9FE:A9FE",
    "fd00:c1::169.254.169.254",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "fd00:42::42",
    "fd00:100::100:200",
    "fd00:a9fe:a9fe::1",
    "fe80::a9fe:a9fe",
    "fe80::a9fe:a9fe%eth0",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "64:ff9b:1:a9fe:a9:fe00::",
    "64:ff9b:1:6464:64:c800::",
    "64:ff9b:1:12a9:fe:a9fe::",
    "64:ff9b:1:1234:a9:fea9:fe00:0",
    "64:ff9b:1:1234:5678:9abc:a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::",
    "2001:0:808:808:0:0:5601:5601",
    "2600::5efe:a9fe:a9fe",
    "2600::200:5efe:169.254.169.254",
    "fe80::5efe:a9fe:a9fe",
  ])("is %s", (address) => {
    expect(isMetadata(address)).toBe(true);
  });

  test.each([
    "169.253.255.255",
    "169.255.0.0",
    "100.100.100.199",
    "100.100.100.201",
    "192.0.0.191",
    "192.0.0.193",
    "168.63.129.15",
    "168.63.129.17",
    "fd00:c1::a9fe:a9fd",
    "fd00:ec2::255",
    "fe80::1",
    "::ffff:10.0.0.5",
    "64:ff9b::808:808",
    "64:ff9b:2::a9fe:a9fe",
    "2001:0:808:808:0:0:a9fe:a9fe",
    "2001:1:a9fe:a9fe::",
    "2003:a9fe:a9fe::1",
    "2600::a9fe:a9fe",
    "2600::100:5efe:a9fe:a9fe",
    "metadata",
    "",
  ])("is not %s", (address) => {
    expect(isMetadata(address)).toBe(false);
  });

  const EMBEDDINGS: [name: string, embed: (hex: string, other: string) => string][] = [
    ["IPv4-mapped", (hex) => `${"0".repeat(20)}ffff${hex}`],
    ["IPv4-compatible", (hex) => `${"0".repeat(24)}${hex}`],
    ["IPv4-translated", (hex) => `${"0".repeat(16)}ffff0000${hex}`],
    ["NAT64", (hex) => `0064ff9b${"0".repeat(16)}${hex}`],
    ["6to4", (hex, other) => `2002${hex}${other.slice(0, 20)}`],
    ["Teredo, as the server", (hex, other) => `20010000${hex}${other.slice(0, 8)}f7f7f7f7`],
    ["Teredo, as the client", (hex, other) => `2001000008080808${other.slice(0, 8)}${inverted(hex)}`],
    ["ISATAP", (hex, other) => `2600${other.slice(0, 12)}00005efe${hex}`],
    ["ISATAP of a public address", (hex, other) => `2600${other.slice(0, 12)}02005efe${hex}`],
  ];
  const ipv4 = fc.oneof(
    fc.constantFrom("a9fea9fe", "a9fe0000", "a9feffff", "646464c8", "c00000c0", "a83f8110"),
    hexOf(4),
  );

  test.each(EMBEDDINGS)("sees an IPv4 address through %s", (_, embed) => {
    fc.assert(
      fc.property(ipv4, hexOf(10), (hex, other) => {
        const address = [...Buffer.from(hex, "hex")].join(".");
        expect([address, isMetadata(colons(embed(hex, other)))]).toEqual([address, isMetadata(address)]);
      }),
    );
  });
});

test("a network holds what it says, IPv4 in its mapped form too, and IPv6 never holds IPv4", () => {
  const texts = ["10.0.0.0/8", "10.0.0.5", "::ffff:10.0.0.0/104", "fd00::/8", "::/0", "0.0.0.0/0"];
  const addresses = ["10.0.0.5", "10.0.0.6", "11.0.0.0", "fd00::1", "fe00::1"];
  const held = texts.map((text) => [text, addresses.filter((address) => readNetwork(text)?.(address))]);
  expect(Object.fromEntries(held)).toEqual({
    "10.0.0.0/8": ["10.0.0.5", "10.0.0.6"],
    "10.0.0.5": ["10.0.0.5"],
    "::ffff:10.0.0.0/104": ["10.0.0.5", "10.0.0.6"],
    "fd00::/8": ["fd00::1"],
    "::/0": ["fd00::1", "fe00::1"],
    "0.0.0.0/0": ["10.0.0.5", "10.0.0.6", "11.0.0.0"],
  });
});

test("an address has one text, whatever its spelling", () => {
  const spellings = [
    "10.0.0.5",
    "::ffff:10.0.0.5",
    "::FFFF:a00:5%eth0",
    "FD00:0::0:1",
    "fe80::1%eth0",
    "::ffff:0:a00:5",
    "x",
  ];
  expect(spellings.map(canonicalAddress)).toEqual([
    ...["10.0.0.5", "10.0.0.5", "10.0.0.5", "fd00::1", "fe80::1", "::ffff:0:a00:5", undefined],
  ]);
});

function hexOf(bytes: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array).toString("hex"));
}

function inverted(hex: string): string {
  return Buffer.from(hex, "hex")
    .map((byte) => 255 - byte)
    .reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
}

function colons(hex: string): string {
  return (hex.match(/.{4}/g) ?? []).join(":");
}
