import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

interface TestCertificate {
  /** PEM. */
  cert: string;
  key: string;
}

export interface TestAuthority extends TestCertificate {
  /** A certificate for localhost and 127.0.0.1, good as a server's and as a client's, signed by the authority. */
  issue(commonName: string): TestCertificate;
}

/** A certificate authority of its own, made on the spot: no private key lies in the repository. */
export function createTestAuthority(commonName = "gopatrol test authority"): TestAuthority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = { name: commonName, key: keys.privateKey };
  return {
    cert: encodeCertificate(commonName, keys.publicKey, issuer, true),
    key: exportKey(keys.privateKey),
    issue(name) {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return { cert: encodeCertificate(name, own.publicKey, issuer, false), key: exportKey(own.privateKey) };
    },
  };
}

function exportKey(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}

/** X.509 v3 in DER, as RFC 5280 section 4.1 lays it out. */
function encodeCertificate(
  commonName: string,
  publicKey: KeyObject,
  issuer: { name: string; key: KeyObject },
  isAuthority: boolean,
): string {
  const ecdsaWithSha256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const hour = 3_600_000;
  const altNames = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    encodeName(issuer.name),
    sequence(encodeTime(Date.now() - hour), encodeTime(Date.now() + 24 * hour)),
    encodeName(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(
        encodeExtension(
          [0x55, 0x1d, 0x13],
          sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : [])),
        ),
        encodeExtension([0x55, 0x1d, 0x11], altNames),
      ),
    ),
  );
  const signature = sign("sha256", toBeSigned, issuer.key);
  const certificate = sequence(
    toBeSigned,
    ecdsaWithSha256,
    der(0x03, Buffer.concat([Buffer.from([0]), signature])),
  );
  const lines = certificate.toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function encodeName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid([0x55, 0x04, 0x03]), der(0x0c, Buffer.from(commonName)))));
}

function encodeTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(0x17, Buffer.from(digits.slice(2)));
}

function encodeExtension(id: number[], value: Buffer): Buffer {
  return sequence(oid(id), der(0x04, value));
}

function oid(bytes: number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
