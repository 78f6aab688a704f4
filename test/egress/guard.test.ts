import { describe, expect, test } from "vitest";
import { createEgress, isEgressEntry, isLoopback } from "../../src/egress/guard.ts";

const WHERE = "(EGRESS_ALLOW, egressAllow in code)";
const METADATA = "is a metadata address, which is never a receiver";
const NETWORKS = ["0.0.0.0/0", "::/0"];

/** What the guard says of a URL: the URL that it makes of it, or the problem. */
function said(text: string, allow: readonly string[] = []): string {
  const url = createEgress(allow).url(text);
  return url.ok ? url.value.href : url.problem;
}

/** Why there is no connection for the URL to the address. */
function refusal(text: string, address: string, allow: readonly string[] = []): string | undefined {
  return createEgress(allow).refusal(new URL(text), address);
}

function problemOf(use: string, address: string): string {
  return `is the ${use} address ${address}; allow ${address} or its network ${WHERE} if it is meant`;
}

// A host as a URL spells it, the address that this is, and the kind of range that it is in; none: public.
const SPELLINGS: [host: string, address: string, use?: string][] = [
  ["8.8.8.8", "8.8.8.8"],
  ["8.8.8.8.", "8.8.8.8"],
  ["134744072", "8.8.8.8"],
  ["[2600::1]", "2600::1"],
  ["[2606:4700:4700:0:0:0:0:1111]", "2606:4700:4700::1111"],
  ["[::ffff:8.8.8.8]", "8.8.8.8"],
  ["10.0.0.5", "10.0.0.5", "private"],
  ["10.0.0.5.", "10.0.0.5", "private"],
  ["10.5", "10.0.0.5", "private"],
  ["10.0.5", "10.0.0.5", "private"],
  ["167772165", "10.0.0.5", "private"],
  ["0xa000005", "10.0.0.5", "private"],
  ["0X0A.0.0.0x5", "10.0.0.5", "private"],
  ["012.0.0.05", "10.0.0.5", "private"],
  ["01200000005", "10.0.0.5", "private"],
  ["10.0x0.00.5", "10.0.0.5", "private"],
  ["%31%30.0.0.5", "10.0.0.5", "private"],
  ["１０.０.０.５", "10.0.0.5", "private"],
  ["10。0。0。5", "10.0.0.5", "private"],
  ["①⓪.0.0.5", "10.0.0.5", "private"],
  ["1\u00ad0.0.0.5", "10.0.0.5", "private"],
  ["172.16.0.1", "172.16.0.1", "private"],
  ["172.31.255.255", "172.31.255.255", "private"],
  ["172.32.0.0", "172.32.0.0"],
  ["192.168.1.1", "192.168.1.1", "private"],
  ["0xc0a80101", "192.168.1.1", "private"],
  ["[::ffff:10.0.0.5]", "10.0.0.5", "private"],
  ["[::FFFF:0A00:0005]", "10.0.0.5", "private"],
  ["[0:0:0:0:0:ffff:a00:5]", "10.0.0.5", "private"],
  ["0", "0.0.0.0", "unspecified"],
  ["0.0.0.0", "0.0.0.0", "unspecified"],
  ["0x", "0.0.0.0", "unspecified"],
  ["[::]", "::", "unspecified"],
  ["0.0.0.1", "0.0.0.1", "this-network"],
  ["127.1", "127.0.0.1", "loopback"],
  ["127.0.1", "127.0.0.1", "loopback"],
  ["127.0.0.1.", "127.0.0.1", "loopback"],
  ["2130706433", "127.0.0.1", "loopback"],
  ["0x7f000001", "127.0.0.1", "loopback"],
  ["0x7f.1", "127.0.0.1", "loopback"],
  ["017700000001", "127.0.0.1", "loopback"],
  ["0177.0.0.1", "127.0.0.1", "loopback"],
  ["127.0.0.01", "127.0.0.1", "loopback"],
  ["127.0.0.0x1", "127.0.0.1", "loopback"],
  ["１２７.０.０.１", "127.0.0.1", "loopback"],
  ["127.0.0。1", "127.0.0.1", "loopback"],
  ["%31%32%37.0.0.1", "127.0.0.1", "loopback"],
  ["127.0.0.%31", "127.0.0.1", "loopback"],
  ["@127.0.0.1", "127.0.0.1", "loopback"],
  ["127.0.0\t.1", "127.0.0.1", "loopback"],
  ["ｌｏｃａｌｈｏｓｔ", "127.0.0.1", "loopback"],
  ["%6cocalhost", "127.0.0.1", "loopback"],
  ["ⓛocalhost", "127.0.0.1", "loopback"],
  ["[0:0:0:0:0:0:0:1]", "::1", "loopback"],
  ["[::0001]", "::1", "loopback"],
  ["[::0.0.0.1]", "::1", "loopback"],
  ["[::ffff:127.0.0.1]", "127.0.0.1", "loopback"],
  ["[::ffff:7f00:1]", "127.0.0.1", "loopback"],
  ["[::127.0.0.1]", "::7f00:1", "IPv4-compatible"],
  ["[::ffff:0:127.0.0.1]", "::ffff:0:7f00:1", "IPv4-translated"],
  ["[64:ff9b::127.0.0.1]", "64:ff9b::7f00:1", "NAT64"],
  ["[64:ff9b::8.8.8.8]", "64:ff9b::808:808", "NAT64"],
  ["[64:ff9b:1::10.0.0.5]", "64:ff9b:1::a00:5", "NAT64"],
  ["[2002:7f00:1::]", "2002:7f00:1::", "6to4"],
  ["[2002:a00:5::1]", "2002:a00:5::1", "6to4"],
  ["[2001:0:a00:5::]", "2001:0:a00:5::", "Teredo"],
  ["[2001::1]", "2001::1", "Teredo"],
  ["[2600::5efe:10.0.0.5]", "2600::5efe:a00:5", "ISATAP"],
  ["[2600::200:5efe:10.0.0.5]", "2600::200:5efe:a00:5", "ISATAP"],
  ["[fe80::1]", "fe80::1", "link-local"],
  ["[FE80:0::1]", "fe80::1", "link-local"],
  ["[fec0::1]", "fec0::1", "site-local"],
  ["[fd12:3456::1]", "fd12:3456::1", "unique local"],
  ["[ff02::1]", "ff02::1", "multicast"],
  ["[100::1]", "100::1", "discard-only"],
  ["[100:0:0:1::1]", "100:0:0:1::1", "dummy"],
  ["[2001:db8::1]", "2001:db8::1", "documentation"],
  ["[3fff::1]", "3fff::1", "documentation"],
  ["[5f00::1]", "5f00::1", "SRv6"],
  ["[4000::1]", "4000::1", "reserved"],
  ["100.64.0.1", "100.64.0.1", "carrier-grade NAT"],
  ["192.0.0.8", "192.0.0.8", "protocol"],
  ["192.0.2.1", "192.0.2.1", "documentation"],
  ["198.18.0.1", "198.18.0.1", "benchmarking"],
  ["224.0.0.1", "224.0.0.1", "multicast"],
  ["240.0.0.1", "240.0.0.1", "reserved"],
  ["255.255.255.255", "255.255.255.255", "broadcast"],
  ["4294967295", "255.255.255.255", "broadcast"],
];

describe("a URL with an address for a host, however it is spelt", () => {
  test.each(SPELLINGS)("https://%s/hook is at %s: %s", (host, address, use) => {
    const text = `https://${host}/hook`;
    const { href, hostname } = new URL(text);
    const plain = `is plain http to ${hostname}; use https, or allow http://${hostname} ${WHERE}`;
    const name = "https://cmdb.example.com/";
    expect({
      alone: said(text),
      allowed: [NETWORKS, [address], [`${hostname}:443`], [`http://${hostname}`]].map((allow) => said(text, allow)),
      elsewhere: said(text, ["cmdb.internal", "10.9.0.0/16", "fd00:9::/32", `${hostname}:444`]),
      plain: [[], NETWORKS, [`http://${hostname}`]].map((allow) => said(text.replace("https", "http"), allow)),
      resolved: [[], NETWORKS, [address], ["cmdb.example.com"]].map((allow) => refusal(name, address, allow)),
    }).toEqual({
      alone: use === undefined ? href : problemOf(use, address),
      allowed: [href, href, href, href],
      elsewhere: use === undefined ? href : problemOf(use, address),
      plain: [plain, plain, href.replace("https", "http")],
      resolved: [
        use &&
          `cmdb.example.com resolves to the ${use} address ${address}; allow cmdb.example.com, ${address} or its network ${WHERE} if it is meant`,
        ...[undefined, undefined, undefined],
      ],
    });
  });
});

const METADATA_SPELLINGS: [host: string, address: string][] = [
  ["169.254.169.254", "169.254.169.254"],
  ["169.254.169.254.", "169.254.169.254"],
  ["2852039166", "169.254.169.254"],
  ["0xa9fea9fe", "169.254.169.254"],
  ["0xA9.0xFE.0xA9.0xFE", "169.254.169.254"],
  ["0251.0376.0251.0376", "169.254.169.254"],
  ["025177524776", "169.254.169.254"],
  ["169.254.43518", "169.254.169.254"],
  ["169.16689662", "169.254.169.254"],
  ["１６９.２５４.１６９.２５４", "169.254.169.254"],
  ["169。254。169。254", "169.254.169.254"],
  ["169.254.169.%32%35%34", "169.254.169.254"],
  ["169.254.0.23", "169.254.0.23"],
  ["169.254.170.2", "169.254.170.2"],
  ["169.254.255.255", "169.254.255.255"],
  ["[::ffff:169.254.169.254]", "::ffff:169.254.169.254"],
  ["[::FFFF:A9FE:A9FE]", "::ffff:a9fe:a9fe"],
  ["[0:0:0:0:0:ffff:a9fe:a9fe]", "::ffff:a9fe:a9fe"],
  ["[::169.254.169.254]", "::a9fe:a9fe"],
  ["[::ffff:0:a9fe:a9fe]", "::ffff:0:a9fe:a9fe"],
  ["[64:ff9b::169.254.169.254]", "64:ff9b::a9fe:a9fe"],
  ["[64:ff9b:1::a9fe:a9fe]", "64:ff9b:1::a9fe:a9fe"],
  ["[64:ff9b:1:a9fe:a9:fe00::]", "64:ff9b:1:a9fe:a9:fe00::"],
  ["[2002:a9fe:a9fe::]", "2002:a9fe:a9fe::"],
  ["[2001:0:a9fe:a9fe::]", "2001:0:a9fe:a9fe::"],
  ["[2001::5601:5601]", "2001::5601:5601"],
  ["[2600::5efe:a9fe:a9fe]", "2600::5efe:a9fe:a9fe"],
  ["[2600::200:5efe:169.254.169.254]", "2600::200:5efe:a9fe:a9fe"],
  ["[fd00:c1::a9fe:a9fe]", "fd00:c1::a9fe:a9fe"],
  ["[FD00:C1::169.254.169.254]", "fd00:c1::a9fe:a9fe"],
  ["[fd00:ec2::254]", "fd00:ec2::254"],
  ["[fd20:ce::254]", "fd20:ce::254"],
  ["100.100.100.200", "100.100.100.200"],
  ["1684301000", "100.100.100.200"],
  ["192.0.0.192", "192.0.0.192"],
  ["168.63.129.16", "168.63.129.16"],
];

describe("a metadata address is refused always", () => {
  test.each(METADATA_SPELLINGS)("https://%s/ at %s", (host, address) => {
    const text = `https://${host}/`;
    const { hostname } = new URL(text);
    const allows = [[], NETWORKS, [hostname, `http://${hostname}`, "cmdb.internal", address]];
    expect({
      url: allows.map((allow) => said(text, allow)),
      plain: allows.map((allow) => said(`http://${host}/`, allow)),
      resolved: allows.map((allow) => refusal("https://cmdb.internal/", address, allow)),
      connected: refusal(text, address, [hostname]),
    }).toEqual({
      url: [METADATA, METADATA, METADATA],
      plain: [METADATA, METADATA, METADATA],
      resolved: Array(3).fill("cmdb.internal resolves to a metadata address, which is never a receiver"),
      connected: `the host ${METADATA}`,
    });
  });

  test.each([
    "metadata.google.internal",
    "METADATA.Google.Internal",
    "metadata.google.internal.",
    "metadata.google.internal..",
    "metadata%2egoogle.internal",
    "ｍetadata.google.internal",
    "metadata",
    "metadata.",
    "metadata.goog",
    "instance-data",
    "Instance-Data",
    "instance-data.ec2.internal",
    "instance-data.ec2.internal.",
  ])("https://%s/, whatever it resolves to", (host) => {
    const text = `https://${host}/`;
    const allow = [...NETWORKS, host, new URL(text).hostname];
    expect([said(text), said(text, allow), refusal(text, "8.8.8.8", allow)]).toEqual([
      ...[METADATA, METADATA, `the host ${METADATA}`],
    ]);
  });

  test.each(["metadata.example.com", "my-metadata", "instance-data.example.com"])("but https://%s/ is none", (host) => {
    expect([said(`https://${host}/`), refusal(`https://${host}/`, "8.8.8.8")]).toEqual([`https://${host}/`, undefined]);
  });
});

describe("loopback that is spelt out plainly", () => {
  test.each([
    "http://localhost",
    "http://localhost:9000/hook",
    "https://localhost/hook",
    "HTTP://LOCALHOST:9000/hook",
    "http://localhost?a=1",
    "http://localhost#a",
    "http://127.0.0.1:9000/hook",
    "https://127.0.0.1/hook",
    "http://127.1.2.3/hook",
    "http://127.255.255.255/hook",
    "http://[::1]:9000/hook",
    "https://[::1]/hook",
    "  http://127.0.0.1:9000/hook\n",
  ])("%j needs no permission", (text) => {
    expect(said(text)).toBe(new URL(text).href);
  });

  test.each([
    ["http://localhost.:9000/", "localhost.:9000"],
    ["http://relay.localhost:9000/", "relay.localhost:9000"],
    ["http://ｌocalhost:9000/", "localhost:9000"],
    ["http://127.1:9000/", "127.0.0.1:9000"],
    ["http://127.0.0.1.:9000/", "127.0.0.1:9000"],
    ["http://0177.0.0.1/", "127.0.0.1"],
    ["http://[::ffff:127.0.0.1]/", "[::ffff:7f00:1]"],
    ["http://[0:0:0:0:0:0:0:1]/", "[::1]"],
    ["http:127.0.0.1/", "127.0.0.1"],
    ["http:/localhost/", "localhost"],
    ["http:\\\\localhost/", "localhost"],
    ["http:///127.0.0.1/", "127.0.0.1"],
    ["http://@localhost/", "localhost"],
    ["ht\ntp://localhost/", "localhost"],
    ["http://localhost\t.example.com/", "localhost.example.com"],
    ["http://localhost.example.com/", "localhost.example.com"],
    ["http://127.0.0.1.example.com/", "127.0.0.1.example.com"],
    ["http://127.0.0.1\\.example.com@8.8.8.8/", "127.0.0.1"],
    ["http://0.0.0.0/", "0.0.0.0"],
  ])("%j is not", (text, host) => {
    expect(said(text)).toBe(`is plain http to ${host}; use https, or allow http://${host} ${WHERE}`);
  });

  test("is let through to loopback only, and no other host is", () => {
    const rows = [
      ...["localhost 127.0.0.1", "localhost ::1", "localhost 127.0.0.53", "localhost 10.0.0.1", "localhost 0.0.0.0"],
      ...["127.0.0.1 127.0.0.1", "[::1] ::1", "localhost. 127.0.0.1", "relay.localhost ::1", "cmdb.example.com ::1"],
      ...["[::ffff:127.0.0.1] ::ffff:127.0.0.1"],
    ].map((row) => row.split(" "));
    expect(rows.map(([host = "", address = ""]) => [host, address, refusal(`http://${host}/`, address)])).toEqual([
      ["localhost", "127.0.0.1", undefined],
      ["localhost", "::1", undefined],
      ["localhost", "127.0.0.53", undefined],
      ["localhost", "10.0.0.1", refused("localhost", "private", "10.0.0.1")],
      ["localhost", "0.0.0.0", refused("localhost", "unspecified", "0.0.0.0")],
      ["127.0.0.1", "127.0.0.1", undefined],
      ["[::1]", "::1", undefined],
      ["localhost.", "127.0.0.1", refused("localhost", "loopback", "127.0.0.1")],
      ["relay.localhost", "::1", refused("relay.localhost", "loopback", "::1")],
      ["cmdb.example.com", "::1", refused("cmdb.example.com", "loopback", "::1")],
      ["[::ffff:127.0.0.1]", "::ffff:127.0.0.1", `the host ${problemOf("loopback", "127.0.0.1")}`],
    ]);
  });

  test("is loopback by its name", () => {
    const hosts = [
      "localhost",
      "127.0.0.1",
      "127.9.9.9",
      "[::1]",
      "localhost.",
      "a.localhost",
      "[::ffff:7f00:1]",
      "10.0.0.1",
    ];
    expect(hosts.filter((host) => isLoopback(new URL(`http://${host}/`)))).toEqual([
      ...["localhost", "127.0.0.1", "127.9.9.9", "[::1]"],
    ]);
  });
});

describe("the text of a URL", () => {
  const userinfo = "holds a user name or password before the host; take it out and send credentials in a header";
  const noUrl = "is not a URL; expected https://host/path";
  test.each([
    ["cmdb", noUrl],
    ["", noUrl],
    ["https://", noUrl],
    ["https://1.2.3.4.5/", noUrl],
    ["https://10.0.0.256/", noUrl],
    ["https://a b/", noUrl],
    ["https://[fe80::1%25eth0]/", noUrl],
    ["https://[fe80::1%eth0]/", noUrl],
    ["https://10.0.0.5:65536/", noUrl],
    ["ftp://cmdb.example.com/", "is neither https nor http; expected https://host/path"],
    ["file:///etc/passwd", "is neither https nor http; expected https://host/path"],
    ["javascript:alert(1)", "is neither https nor http; expected https://host/path"],
    ["https://ana:abcdefgh@cmdb.example.com/", userinfo],
    ["https://ana@cmdb.example.com/", userinfo],
    ["https://:abcdefgh@cmdb.example.com/", userinfo],
    ["https://cmdb.example.com@10.0.0.5/", userinfo],
    ["https://localhost:80@10.0.0.5/", userinfo],
    ["http://ana:abcdefgh@localhost/", userinfo],
    ["https://169.254.169.254@8.8.8.8/", userinfo],
    ["https://cmdb.example.com/hook?KEYWORD", "https://cmdb.example.com/hook?KEYWORD"],
    ["https://CMDB.Example.COM./", "https://cmdb.example.com./"],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["https://127.0.0.1.nip.io/", "https://127.0.0.1.nip.io/"],
    ["https://localhost./", "https://localhost./"],
    ["https://cmdb.internal/", "https://cmdb.internal/"],
    [
      "http://cmdb.internal:8080/KEYWORD",
      `is plain http to cmdb.internal:8080; use https, or allow http://cmdb.internal:8080 ${WHERE}`,
    ],
  ])("%j: %s", (text, expected) => {
    expect(said(text)).toBe(expected);
  });
});

test("the guard says the same of a URL however often it is asked", () => {
  const egress = createEgress([]);
  const answers = Array.from({ length: 20_000 }, () => egress.url("https://bücher.example/").ok);
  expect(new Set(answers)).toEqual(new Set([true]));
});

describe("an entry of EGRESS_ALLOW permits", () => {
  const plain = (host: string) => `is plain http to ${host}; use https, or allow http://${host} ${WHERE}`;
  const at = "10.0.0.5";
  const notAllowed = (host: string) => refused(host, "private", at);

  // What `url` says of the URL, and `refusal` of a connection for it to 10.0.0.5.
  test.each<[entry: string, text: string, url: "let through" | string, connection: string | undefined]>([
    ["cmdb.internal", "https://cmdb.internal/", "let through", undefined],
    ["cmdb.internal", "https://cmdb.internal:8443/", "let through", undefined],
    ["cmdb.internal", "https://CMDB.internal./", "let through", undefined],
    ["cmdb.internal.", "https://cmdb.internal/", "let through", undefined],
    ["CMDB.Internal", "https://cmdb.internal/", "let through", undefined],
    ["cmdb.internal", "https://a.cmdb.internal/", "let through", notAllowed("a.cmdb.internal")],
    ["cmdb.internal", "https://xcmdb.internal/", "let through", notAllowed("xcmdb.internal")],
    ["cmdb.internal", "http://cmdb.internal/", plain("cmdb.internal"), undefined],
    ["my_cmdb", "https://my_cmdb/", "let through", undefined],
    ["cmdb.internal:8443", "https://cmdb.internal:8443/", "let through", undefined],
    ["cmdb.internal:8443", "https://cmdb.internal/", "let through", notAllowed("cmdb.internal")],
    ["cmdb.internal:443", "https://cmdb.internal/", "let through", undefined],
    ["cmdb.internal:443", "https://cmdb.internal:8443/", "let through", notAllowed("cmdb.internal")],
    ["http://cmdb.internal", "http://cmdb.internal/", "let through", undefined],
    ["http://cmdb.internal", "http://cmdb.internal:8080/", "let through", undefined],
    ["HTTP://cmdb.internal", "http://cmdb.internal./", "let through", undefined],
    ["http://cmdb.internal", "https://cmdb.internal/", "let through", undefined],
    ["http://cmdb.internal:8080", "http://cmdb.internal:8080/", "let through", undefined],
    ["http://cmdb.internal:8080", "http://cmdb.internal/", plain("cmdb.internal"), notAllowed("cmdb.internal")],
    ["http://cmdb.internal:80", "http://cmdb.internal/", "let through", undefined],
    ["http://cmdb.internal:80", "http://cmdb.internal:8080/", plain("cmdb.internal:8080"), notAllowed("cmdb.internal")],
    ["http://10.0.0.5", "http://10.0.0.5/", "let through", undefined],
    ["http://10.0.0.5", "http://0xa000005/", "let through", undefined],
    ["http://10.0.0.5", "http://cmdb.internal/", plain("cmdb.internal"), undefined],
    ["http://10.0.0.5:8080", "http://10.0.0.5:8080/", "let through", undefined],
    ["10.0.0.5", "https://cmdb.internal/", "let through", undefined],
    ["10.0.0.5:8443", "https://cmdb.internal:8443/", "let through", undefined],
    ["10.0.0.5:8443", "https://cmdb.internal/", "let through", notAllowed("cmdb.internal")],
    ["10.0.0.6", "https://cmdb.internal/", "let through", notAllowed("cmdb.internal")],
    ["10.0.0.5", "http://10.0.0.5/", plain("10.0.0.5"), undefined],
    ["::ffff:10.0.0.5", "https://10.0.0.5/", "let through", undefined],
    ["[::ffff:10.0.0.5]:443", "https://10.0.0.5/", "let through", undefined],
    ["10.0.0.0/8", "https://cmdb.internal/", "let through", undefined],
    ["10.0.0.5/32", "https://10.0.0.5/", "let through", undefined],
    ["10.9.9.9/8", "https://10.0.0.5/", "let through", undefined],
    ["10.0.0.0/30", "https://10.0.0.5/", problemOf("private", at), `the host ${problemOf("private", at)}`],
    ["10.0.0.0/8", "https://[::ffff:10.0.0.5]/", "let through", undefined],
    ["::ffff:10.0.0.0/104", "https://10.0.0.5/", "let through", undefined],
    ["::/0", "https://10.0.0.5/", problemOf("private", at), `the host ${problemOf("private", at)}`],
    ["10.0.0.0/8", "http://cmdb.internal/", plain("cmdb.internal"), undefined],
    ["not a host", "https://cmdb.internal/", "let through", notAllowed("cmdb.internal")],
  ])("%s: %s", (entry, text, url, connection) => {
    const expected = url === "let through" ? new URL(text).href : url;
    expect([said(text, [entry]), refusal(text, at, [entry])]).toEqual([expected, connection]);
  });

  // The address is in the network by what it carries, not by what it is.
  test.each([
    ["64:ff9b::a00:5", "NAT64", "64:ff9b::/96"],
    ["2002:a00:5::1", "6to4", "2002::/16"],
    ["2001:0:a00:5::", "Teredo", "2001::/32"],
    ["::a00:5", "IPv4-compatible", "::/96"],
    ["::ffff:0:a00:5", "IPv4-translated", "::ffff:0:0:0/96"],
    ["2600::5efe:a00:5", "ISATAP", "2600::/32"],
    ["fd00::5", "unique local", "[fd00::5]"],
    ["fe80::5%eth0", "link-local", "fe80::/10"],
  ])("%s only by its own network, with 10.0.0.0/8 it is refused as %s", (address, use, network) => {
    const text = "https://cmdb.internal/";
    expect([["10.0.0.0/8"], [network]].map((allow) => refusal(text, address, allow))).toEqual([
      ...[refused("cmdb.internal", use, address.replace("%eth0", "")), undefined],
    ]);
  });

  test("nothing that is no IP address", () => {
    const addresses = ["", "cmdb.internal", "10.0.0.5/8", "10.5", "167772165", "10.0.0.5\u001b[0m"];
    const allow = [...NETWORKS, "cmdb.internal"];
    expect(addresses.map((address) => refusal("https://cmdb.internal/", address, allow))).toEqual(
      addresses.map((address) => `cmdb.internal resolves to ${JSON.stringify(address)}, which is no IP address`),
    );
  });
});

test("an entry of EGRESS_ALLOW is a host, http://host, an address or a CIDR, and nothing else", () => {
  const entries = [
    ...["cmdb", "cmdb.internal", "cmdb.internal.", "cmdb.internal:8443", "cmdb.internal:65535", "CMDB.internal", "a_b"],
    ...["http://cmdb.internal", "http://cmdb.internal:8080", "http://[fd00::1]:8080", "http://10.0.0.5", "localhost"],
    ...[
      "10.0.0.5",
      "10.0.0.5:443",
      "fd00::1",
      "[fd00::1]",
      "[fd00::1]:443",
      "::ffff:10.0.0.5",
      "xn--bcher-kva.example",
    ],
    ...["10.0.0.0/8", "0.0.0.0/0", "10.0.0.5/32", "fd00::/8", "::/0", "::1/128", "::ffff:10.0.0.0/104", "FD00::/8"],
  ];
  const nonsense = [
    ...[
      "",
      "not a host",
      "-cmdb",
      "cmdb-",
      ".cmdb",
      "cmdb:",
      "cmdb:0",
      "cmdb:65536",
      "cmdb:99999",
      "cmdb:100000",
      "cmdb:x",
    ],
    ...[
      "https://cmdb.internal",
      "ftp://cmdb",
      "http://",
      "http://cmdb/",
      "http://cmdb/hook",
      "cmdb/",
      "cmdb.internal/hook",
    ],
    ...["cmdb/24", "http://10.0.0.0/8", "10.0.0.0/8:443", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/99", "10.0.0.0/-1"],
    ...[
      "10.0.0.0/08",
      "10.0.0.0/8.0",
      "10.0.0/8",
      "10/8",
      "10.0.0.256",
      "10.0.0.256/8",
      "010.0.0.0/8",
      "010.0.0.1",
      "10.5",
    ],
    ...[
      "167772165",
      "0xa000005",
      "1.2.3.4.5",
      "10.0.0.5.",
      "fd00::/129",
      "fd00::/999",
      "fd00::/x",
      "[fd00::]/8",
      "fd00::1]",
    ],
    ...[
      "[fd00::1",
      "[10.0.0.5]",
      "[cmdb]",
      "fd00:::1",
      "fe80::1%eth0",
      "fe80::%eth0/10",
      "::ffff:10.0.0.0/95",
      "*.internal",
    ],
    ...["user@cmdb", "cmdb?a", "cmdb#a", "cmdb,other", " cmdb", "cmdb ", "cmdb\n", "bücher.example", "10.0.0.0/8/8"],
  ];
  expect([...entries, ...nonsense].filter((entry) => isEgressEntry(entry))).toEqual(entries);
});

function refused(host: string, use: string, address: string): string {
  return `${host} resolves to the ${use} address ${address}; allow ${host}, ${address} or its network ${WHERE} if it is meant`;
}

test("loopback by its name is for this machine only, wherever the name leads", () => {
  const url = new URL("http://localhost:8080/");
  expect([createEgress([]).refusal(url, "127.0.0.1"), createEgress([]).refusal(url, "192.0.32.7")]).toEqual([
    undefined,
    "localhost resolves to 192.0.32.7, which is not on this machine",
  ]);
});
