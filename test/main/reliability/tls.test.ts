import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { scan } from 'gapscan';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { scanRig, type ScanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const because = hasOpenssl ? '' : ' (skipped: openssl is not installed)';
const world = makeDemoWorld({ scenes: 300, seed: 51 });

/** A certificate authority of our own and a certificate for 127.0.0.1, or for another name. */
function makeCertificate(subject: string): { ca: string; cert: string; key: string } {
  const directory = tempDir();
  const at = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  const keys = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...keys,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=own authority',
  );
  openssl('req', ...keys, '-keyout', at('key.pem'), '-out', at('csr.pem'), '-subj', '/CN=plex');
  writeFileSync(at('ext'), `subjectAltName=${subject}`);
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('ext')];
  openssl('x509', '-req', '-in', at('csr.pem'), '-out', at('cert.pem'), ...signed);
  return { ca: at('ca.pem'), cert: readFileSync(at('cert.pem'), 'utf8'), key: readFileSync(at('key.pem'), 'utf8') };
}

/** Puts TLS in front of the rig's Plex; returns its URL. */
async function overTls(rig: ScanRig, certificate: { cert: string; key: string }): Promise<string> {
  const server = createServer(certificate, (request, response) => {
    void fetch(rig.plex.url + (request.url ?? ''), { headers: request.headers as Record<string, string> }).then(
      async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer());
        response.writeHead(answer.status, {
          'content-type': answer.headers.get('content-type') ?? '',
          'content-length': body.length,
        });
        response.end(body);
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.skipIf(!hasOpenssl)(`TLS${because}`, () => {
  it('trusts the authority in caFile, and nobody without it', async () => {
    const rig = await scanRig(world);
    const { ca, ...certificate } = makeCertificate('IP:127.0.0.1');
    const plex = { ...rig.options.plex, url: await overTls(rig, certificate) };
    await expect(scan({ ...rig.options, plex })).rejects.toMatchObject({
      code: 'plex_unreachable',
      message: expect.stringMatching(/has a (certificate nobody vouches for|self-signed certificate)/) as unknown,
      hint: expect.stringContaining('caFile') as unknown,
    });
    expect((await scan({ ...rig.options, plex: { ...plex, caFile: ca } })).verdicts).toEqual(world.totals);
  });

  it('refuses a certificate for another name, unless this server is insecure', async () => {
    const rig = await scanRig(world);
    const { ca, ...certificate } = makeCertificate('DNS:other.example');
    const plex = { ...rig.options.plex, url: await overTls(rig, certificate), caFile: ca };
    await expect(scan({ ...rig.options, plex })).rejects.toThrow('has a certificate for another host name');
    expect((await scan({ ...rig.options, plex: { ...plex, insecure: true } })).verdicts).toEqual(world.totals);
  });

  it('says which certificate file cannot be read', async () => {
    const rig = await scanRig(world);
    const plex = { ...rig.options.plex, caFile: join(rig.dataDir, 'none.pem') };
    await expect(scan({ ...rig.options, plex })).rejects.toThrow(
      `Cannot read the certificate file ${rig.dataDir}/none.pem`,
    );
  });
});
