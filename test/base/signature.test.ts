import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { isSignedBy, parsePublicKey, publicKeyOf, signText } from "../../src/core/base/signature.ts";

// RFC 8032, 7.1, test 2: the secret key, the public key, and the signature of the one byte 0x72.
const SECRET = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const SIGNATURE =
  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
const pem = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${SECRET}`, "hex"),
  format: "der",
  type: "pkcs8",
})
  .export({ type: "pkcs8", format: "pem" })
  .toString();

test("signs as RFC 8032 has it, and names a key by its SPKI", () => {
  const key = publicKeyOf(pem);
  expect(Buffer.from(key.spki, "base64").toString("hex")).toBe(`302a300506032b6570032100${PUBLIC}`);
  expect(key.id).toBe(digestOf(Buffer.from(key.spki, "base64")));
  expect(Buffer.from(signText(pem, "r"), "base64").toString("hex")).toBe(SIGNATURE);
  expect(isSignedBy(key, "r", signText(pem, "r"))).toBe(true);
  expect(parsePublicKey(key.spki)).toEqual(key);
});

test("a signature holds for its text and its key alone, in one spelling, and no bit of it may change", () => {
  const [key, signature] = [publicKeyOf(pem), signText(pem, "text")];
  expect(isSignedBy(key, "other", signature)).toBe(false);
  const other = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(isSignedBy(publicKeyOf(other), "text", signature)).toBe(false);
  const bytes = Buffer.from(signature);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    expect(isSignedBy(key, "text", bytes.toString("latin1"))).toBe(false);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
  expect(isSignedBy(key, "text", bytes.toString("latin1"))).toBe(true);
  for (const spelt of [`${signature}\n`, signature.replaceAll("=", ""), ` ${signature}`, ""])
    expect(isSignedBy(key, "text", spelt)).toBe(false);
});

test("what is no ed25519 key is none, in whatever form", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const spki = (key: typeof rsa.publicKey) => key.export({ type: "spki", format: "der" }).toString("base64");
  for (const text of ["", "x", spki(rsa.publicKey), `${publicKeyOf(pem).spki} `, "AAAA".repeat(15)])
    expect(parsePublicKey(text)).toBeUndefined();
  const rsaPem = rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(() => publicKeyOf(rsaPem)).toThrow(TypeError);
});

test("openssl checks what we sign, as docs/ledger.md shows (skips where there is no openssl)", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "lap-sign-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const verify = (signature: Uint8Array): string => {
    const key = file("key.der", Buffer.from(publicKeyOf(pem).spki, "base64"));
    const argv = ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key, "-rawin"];
    return execFileSync(
      "openssl",
      [...argv, "-in", file("text", "text"), "-sigfile", file("sig", signature)],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
  };
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
  } catch {
    console.error("SKIPPED: there is no openssl here");
    context.skip();
  }
  expect(verify(Buffer.from(signText(pem, "text"), "base64"))).toContain("Success");
  const key = createPublicKey(pem);
  expect(key.asymmetricKeyType).toBe("ed25519");
  expect(() => verify(sign(null, Buffer.from("another"), createPrivateKey(pem)))).toThrow(/openssl/);
});
