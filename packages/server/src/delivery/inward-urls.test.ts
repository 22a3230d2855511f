import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { classifyAddress } from "./address.ts";
import { createAddressGuard } from "./address-guard.ts";
import { countSockets } from "./count-sockets.fixture.ts";
import { checkEndpointUrl, targetOf } from "./endpoint-url.ts";
import { loopbackSender, postTo, stubResolver } from "./sender.fixture.ts";

/** Beside the corpus: other spellings of what leads inward, each of which some sender took. */
const URLS = [
  // Loopback in octal, hexadecimal, as one number, with parts left out, with a dot behind.
  "https://0177.0.0.1/",
  "https://0x7f.0.0.0x1/",
  "https://0x7f000001/",
  "https://017700000001/",
  "https://2130706433/",
  "https://127.1/",
  "https://127.0.1/",
  "https://127.0.0.0x1/",
  "https://127.0.0.1./",
  "https://0/",
  "https://0x/",
  "https://0x.0x.0/",
  "https://0.0.0.0/",
  // The other families that carry IPv4, and IPv6 of its own.
  "https://[::1]/",
  "https://[0:0:0:0:0:0:0:1]/",
  "https://[::]/",
  "https://[::127.0.0.1]/",
  "https://[::7f00:1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[::ffff:0:127.0.0.1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[64:ff9b:1::a00:1]/",
  "https://[2002:7f00:1::]/",
  "https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
  "https://[fc00::1]/",
  "https://[fd00:ec2::254]/",
  "https://[fe80::1]/",
  "https://[fe80::1%25eth0]/",
  "https://[fe80::1%eth0]/",
  "https://[fec0::1]/",
  "https://[ff02::1]/",
  "https://[127.0.0.1]/",
  // What clouds and clusters tell about themselves.
  "https://169.254.169.254/latest/meta-data/",
  "https://169.254.170.2/",
  "https://100.100.100.200/",
  "https://168.63.129.16/",
  "https://metadata/",
  "https://metadata.google.internal/",
  "https://metadata.google.internal./",
  "https://instance-data.ec2.internal/",
  "https://kubernetes.default.svc.cluster.local/",
  "https://host.docker.internal/",
  // Names of this machine and of this house.
  "https://localhost/",
  "https://LOCALHOST/",
  "https://localhost./",
  "https://a.b.localhost/",
  "https://a.localhost./",
  "https://printer.local/",
  "https://router.home.arpa/",
  // Two readings of where the host begins and ends.
  "https://hooks.example.com@127.0.0.1/",
  "https://127.0.0.1@hooks.example.com/",
  "https://hooks.example.com:443@127.0.0.1/",
  "https://hooks.example.com%40127.0.0.1/",
  "https://hooks.example.com\\@127.0.0.1/",
  "https://hooks.example.com#@127.0.0.1/",
  "https://127.0.0.1%23.hooks.example.com/",
  "https://hooks.example.com%00.127.0.0.1/",
  "https://hooks.example.com;@127.0.0.1/",
  "https:/127.0.0.1/",
  "https:127.0.0.1/",
  "https:///127.0.0.1/",
  // Digits, dots and letters of other alphabets, and characters that nobody sees.
  "https://①②⑦.⓪.⓪.①/",
  "https://127。0。0。1/",
  "https://127．0．0．1/",
  "https://127｡0｡0｡1/",
  "https://ｌｏｃａｌｈｏｓｔ/",
  "https://ⓛocalhost/",
  "https://loc\u00adalhost/",
  "https://lo\u200bcalhost/",
  "https://١٢٧.٠.٠.١/",
  "https://%6c%6f%63%61%6c%68%6f%73%74/",
  "https://%31%32%37.0.0.1/",
];

/** What a name may answer at connect, none of which is a public address. */
const ADDRESSES = [
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "100.64.0.1",
  "100.100.100.200",
  "127.0.0.1",
  "127.255.255.254",
  "168.63.129.16",
  "169.254.169.254",
  "172.31.255.255",
  "192.0.0.192",
  "192.168.0.1",
  "198.19.255.255",
  "224.0.0.251",
  "255.255.255.255",
  "::",
  "::1",
  "::7f00:1",
  "::ffff:7f00:1",
  "::ffff:10.0.0.1",
  "::ffff:0:7f00:1",
  "64:ff9b::7f00:1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2002:a9fe:a9fe::1",
  "3fff::1",
  "5f00::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fec0::1",
  "ff02::1",
  // No plain address at all.
  "0177.0.0.1",
  "2130706433",
  "127.1",
  "fe80::1%eth0",
  "[::1]",
  "127.0.0.1:443",
  "127.0.0.1\u0000",
];
const PUBLIC = "93.184.216.34";

describe("URLs and addresses that lead inward, beside those of the corpus", () => {
  it("refuses every URL at registration", () => {
    const allowed = URLS.filter((url) => checkEndpointUrl(url, { allowedNetworks: [] }).ok);
    assert.deepEqual(allowed, []);
  });

  it("opens no socket to any of the URLs, were one stored all the same", async () => {
    // Whatever the name resolves to, as a resolver of the host's own might have it.
    const resolver = {
      resolve: async () => await Promise.resolve({ kind: "addresses" as const, addresses: ["127.0.0.1"] }),
    };
    const sender = loopbackSender({ resolver, allowedNetworks: [] });
    const opened = await countSockets(async () => {
      for (const url of URLS.filter((one) => URL.canParse(one))) {
        assert.equal((await sender.send(postTo(url))).kind, "failed", url);
      }
    });
    sender.close();
    assert.equal(opened, 0);
  });

  it("opens no socket when a name that was public answers any of the addresses, alone or beside a public one", async () => {
    for (const address of ADDRESSES) {
      assert.notEqual(classifyAddress(address), "public", address);
      for (const second of [[address], [PUBLIC, address], [address, PUBLIC]]) {
        const resolver = stubResolver({ "hooks.example.com": [[PUBLIC], second] });
        const guard = createAddressGuard({
          resolver,
          allowedNetworks: [],
          ownListeners: () => [],
          ownAddresses: () => [],
        });
        const target = targetOf(new URL("https://hooks.example.com/"));
        assert.deepEqual(await guard.vet(target), { kind: "addresses", addresses: [PUBLIC] });
        const opened = await countSockets(async () => {
          const sender = loopbackSender({ resolver, allowedNetworks: [] });
          assert.equal((await sender.send(postTo("https://hooks.example.com/"))).kind, "failed", address);
          sender.close();
        });
        assert.equal(opened, 0, address);
      }
    }
  });
});
