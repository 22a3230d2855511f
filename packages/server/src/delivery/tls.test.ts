import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { connect, getCACertificates, setDefaultCACertificates } from "node:tls";
import { CERTIFICATES, type FaultServer, reply, startFaultServer } from "./fault-server.fixture.ts";
import type { SendResult } from "./send-result.ts";
import { loopbackSender, postTo } from "./sender.fixture.ts";

const { authority, good, expired, otherHost, selfSigned } = CERTIFICATES;

describe("sending over TLS", () => {
  const sender = loopbackSender();
  const usual = getCACertificates();
  before(() => {
    setDefaultCACertificates([...usual, authority.cert]);
  });
  after(() => {
    setDefaultCACertificates(usual);
    sender.close();
  });
  const attempt = async (
    tls: { cert: string; key: string; requestCert?: boolean; maxVersion?: "TLSv1.2" },
    host = "localhost",
  ): Promise<{ result: SendResult; server: FaultServer }> => {
    const server = await startFaultServer((socket) => socket.write(reply(200)), { tls });
    const result = await sender.send(postTo(`https://${host}:${server.port}/in`));
    await server.close();
    return { result, server };
  };

  it("delivers to a server whose certificate names the host or the address", async () => {
    for (const host of ["localhost", "127.0.0.1"]) {
      const { result, server } = await attempt(good, host);
      assert.ok(result.kind === "replied" && result.acknowledged, host);
      assert.equal(server.requests.length, 1);
    }
    assert.ok((await attempt({ ...good, maxVersion: "TLSv1.2" })).result.kind === "replied");
  });

  it("sends no byte of a payload when the certificate is expired, self-signed or for another host", async () => {
    for (const [certificate, reason] of [
      [expired, "certificateExpired"],
      [selfSigned, "certificateSelfSigned"],
      [otherHost, "certificateWrongHost"],
    ] as const) {
      const { result, server } = await attempt(certificate);
      assert.deepEqual(result, { kind: "failed", reason });
      assert.equal(server.bytesIn, 0);
      assert.equal(server.requests.length, 0);
    }
  });

  it("does not trust an authority that the host does not trust", async () => {
    setDefaultCACertificates(usual);
    try {
      const { result, server } = await attempt(good);
      assert.deepEqual(result, { kind: "failed", reason: "certificateUntrusted" });
      assert.equal(server.bytesIn, 0);
    } finally {
      setDefaultCACertificates([...usual, authority.cert]);
    }
  });

  it("verifies although the environment says not to", async () => {
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      const { result, server } = await attempt(selfSigned);
      assert.deepEqual(result, { kind: "failed", reason: "certificateSelfSigned" });
      assert.equal(server.bytesIn, 0);
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
  });

  it("refuses TLS 1.1, a client certificate that is demanded, and what is not TLS", async () => {
    // OpenSSL offers TLS 1.1 at security level 0 only, so the server is told to, and shown to speak it.
    const tls = { ...good, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const old = await startFaultServer((socket) => socket.write(reply(200)), { tls });
    const lax = connect({ port: old.port, host: "localhost", minVersion: "TLSv1", ciphers: tls.ciphers });
    await once(lax, "secureConnect");
    assert.equal(lax.getProtocol(), "TLSv1.1");
    lax.destroy();
    assert.deepEqual(await sender.send(postTo(old.url)), { kind: "failed", reason: "tlsFailed" });
    assert.equal(old.bytesIn, 0);
    await old.close();
    const demanding = await attempt({ ...good, requestCert: true });
    assert.equal(demanding.result.kind, "failed");
    assert.equal(demanding.server.requests.length, 0);
    const plain = await startFaultServer((socket) => socket.write(reply(200)), {
      onConnection: (socket) => socket.write(reply(200)),
    });
    assert.deepEqual(await sender.send(postTo(`https://127.0.0.1:${plain.port}/`)), {
      kind: "failed",
      reason: "tlsFailed",
    });
    await plain.close();
  });

  it("uses a TLS connection again, and tries once more when it was closed as it wrote", async () => {
    const server = await startFaultServer(
      (socket, request) => {
        if (request.connection === 1 && server.requests.length > 2) socket.destroy();
        else socket.write(reply(200));
      },
      { tls: good },
    );
    for (let round = 0; round < 3; round += 1) {
      const result = await sender.send(postTo(server.url));
      assert.ok(result.kind === "replied" && result.acknowledged);
    }
    assert.deepEqual(
      server.requests.map((request) => request.connection),
      [1, 1, 1, 2],
    );
    await server.close();
  });
});
