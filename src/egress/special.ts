import { BlockList, isIPv4 } from "node:net";

type Ranges = readonly (readonly [name: string, ...cidrs: string[]])[];

// The special-purpose registries of IANA (iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry),
// multicast, 240.0.0.0/4, and all of IPv6 that is not given out as unicast. The first hit names an address.
const RANGES: Ranges = [
  ["unspecified", "0.0.0.0/32", "::/128"],
  ["this-network", "0.0.0.0/8"],
  ["private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  ["carrier-grade NAT", "100.64.0.0/10"],
  ["loopback", "127.0.0.0/8", "::1/128"],
  ["link-local", "169.254.0.0/16", "fe80::/10"],
  ["documentation", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"],
  ["AS112", "192.31.196.0/24", "192.175.48.0/24", "2001:4:112::/48", "2620:4f:8000::/48"],
  ["AMT", "192.52.193.0/24", "2001:3::/32"],
  ["6to4 relay", "192.88.99.0/24"],
  ["benchmarking", "198.18.0.0/15", "2001:2::/48"],
  ["multicast", "224.0.0.0/4", "ff00::/8"],
  ["broadcast", "255.255.255.255/32"],
  ["IPv4-compatible", "::/96"],
  ["IPv4-translated", "::ffff:0:0:0/96"],
  ["NAT64", "64:ff9b::/96", "64:ff9b:1::/48"],
  ["discard-only", "100::/64"],
  ["dummy", "100:0:0:1::/64"],
  ["Teredo", "2001::/32"],
  ["ORCHID", "2001:10::/28", "2001:20::/28"],
  ["drone remote ID", "2001:30::/28"],
  ["protocol", "192.0.0.0/24", "2001::/23"],
  ["6to4", "2002::/16"],
  ["SRv6", "5f00::/16"],
  ["unique local", "fc00::/7"],
  ["site-local", "fec0::/10"],
  ["reserved", "240.0.0.0/4", "::/3", "4000::/2", "8000::/1"],
];

// Where clouds keep the credentials of their machines, as each documents it. 169.254.0.0/16 is that of nearly all of them.
const METADATA: Ranges[number] = [
  "metadata",
  ...["169.254.0.0/16", "fe80::a9fe:a9fe", "fd00:a9fe:a9fe::1"], // OpenStack, Linode
  ...["192.0.0.192", "fd00:c1::a9fe:a9fe"], // Oracle
  ...["fd00:ec2::254", "fd00:ec2::23"], // AWS: EC2, EKS Pod Identity
  ...["100.100.100.200", "fd00:100::100:200"], // Alibaba
  ...["168.63.129.16", "fd20:ce::254", "fd00:42::42"], // Azure, Google, Scaleway
];

/** Whether an address, as `canonicalAddress` writes it, is in a network. */
export type Network = (address: string) => boolean;

// With the zone that a resolver may give.
const IPV6 = /^([0-9a-f:.]*:[0-9a-f:.]*)(?:%[\w.:-]+)?$/i;

const rangeOf = createFinder(RANGES);
const metadataOf = createFinder([METADATA]);

/** The name of the special-purpose range that an IPv4 or IPv6 address is in; undefined if it is public unicast. */
export function specialUse(address: string): string | undefined {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return "invalid";
  return rangeOf(canonical) ?? (isIPv6(canonical) && isIsatap(bytesOf(canonical)) ? "ISATAP" : undefined);
}

/** Whether the credentials of a cloud's machine are at this address, or at an IPv4 address that it carries in itself. */
export function isMetadata(address: string): boolean {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return false;
  const candidates = isIPv6(canonical) ? [canonical, ...embeddedIn(bytesOf(canonical))] : [canonical];
  return candidates.some((candidate) => metadataOf(candidate) !== undefined);
}

/** The one text of an IP address, without its zone; IPv4 for IPv4-mapped, which is the same packets. Undefined if it is none. */
export function canonicalAddress(address: string): string | undefined {
  if (isIPv4(address)) return address;
  // Not isIPv6: at its first use it compiles a regular expression for 10 ms and more. URL parses IPv6 as strictly, in C++.
  const [, ipv6] = IPV6.exec(address) ?? [];
  if (ipv6 === undefined || !URL.canParse(`http://[${ipv6}]`)) return undefined;
  const canonical = new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
  return /^::ffff:[^:]+:[^:]+$/.test(canonical) ? dotted(bytesOf(canonical).slice(12)) : canonical;
}

/** The network that a CIDR or a lone address means; undefined if the text is neither. IPv4-mapped ones are read as IPv4. */
export function readNetwork(cidr: string): Network | undefined {
  const [, text = "", suffix] = /^([0-9a-f:.]+)(?:\/(0|[1-9]\d{0,2}))?$/i.exec(cidr) ?? [];
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  const [family, width] = isIPv6(address) ? (["ipv6", 128] as const) : (["ipv4", 32] as const);
  const isMapped = text !== address && family === "ipv4";
  const bits = suffix === undefined ? width : Number(suffix) - (isMapped ? 96 : 0);
  if (bits < 0 || bits > width) return undefined;
  const list = new BlockList();
  list.addSubnet(address, bits, family);
  // A BlockList takes IPv4 for its mapped form, so that ::/0 would hold all of it.
  return (candidate) => isIPv6(candidate) === (family === "ipv6") && list.check(candidate, family);
}

/** Finds the range of a canonical address. Each family's networks are made when it is first asked for: a cold start uses one. */
function createFinder(ranges: Ranges): (canonical: string) => string | undefined {
  const families = new Map<boolean, [string, Network][]>();
  return (canonical) => {
    const family = isIPv6(canonical);
    const networks =
      families.get(family) ??
      ranges.flatMap(([name, ...cidrs]) =>
        cidrs.flatMap((cidr): [string, Network][] => {
          const network = isIPv6(cidr) === family ? readNetwork(cidr) : undefined;
          return network === undefined ? [] : [[name, network]];
        }),
      );
    families.set(family, networks);
    return networks.find(([, holds]) => holds(canonical))?.[0];
  };
}

/** Every IPv4 address that an IPv6 address may carry to a tunnel or translator. */
function embeddedIn(bytes: readonly number[]): string[] {
  const at = (...places: number[]) => dotted(places.map((place) => bytes[place] ?? 0));
  const starts = (...prefix: number[]) => prefix.every((byte, index) => bytes[index] === byte);
  const last = at(12, 13, 14, 15);
  const zeros = Array(8).fill(0);
  return [
    ...(starts(...zeros, 0, 0, 0, 0) || starts(...zeros, 0xff, 0xff, 0, 0) ? [last] : []), // RFC 4291 2.5.5.1, RFC 2765 2.1
    ...(starts(0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0) ? [last] : []), // RFC 6052 2.1
    // RFC 8215 leaves the length to the operator; RFC 6052 2.2 says where the address stands in each.
    ...(starts(0, 0x64, 0xff, 0x9b, 0, 1) ? [at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12), last] : []),
    ...(starts(0x20, 0x02) ? [at(2, 3, 4, 5)] : []), // RFC 3056 2
    // RFC 4380 4: the server, and the client with every bit turned.
    ...(starts(0x20, 0x01, 0, 0) ? [at(4, 5, 6, 7), dotted(bytes.slice(12).map((byte) => byte ^ 0xff))] : []),
    ...(isIsatap(bytes) ? [last] : []),
  ];
}

/** RFC 5214 6.1: the interface id is 0000:5efe or 0200:5efe and an IPv4 address, under any prefix. */
function isIsatap([, , , , , , , , u, g, oui, type]: readonly number[]): boolean {
  return (u === 0 || u === 2) && g === 0 && oui === 0x5e && type === 0xfe;
}

function isIPv6(canonical: string): boolean {
  return canonical.includes(":");
}

function bytesOf(canonical: string): number[] {
  const [head, tail] = canonical.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const missing = 8 - (head?.length ?? 0) - (tail?.length ?? 0);
  const groups = [...(head ?? []), ...Array(missing).fill("0"), ...(tail ?? [])];
  return groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 0xff]);
}

function dotted(bytes: readonly number[]): string {
  return bytes.join(".");
}
