/*
 * HPKE by somebody else's implementation, for tests/seal/test_hpke_elsewhere.py:
 *
 *     node hpke.mjs sender PUBLIC INFO CONTEXT          prints enc, then Export(CONTEXT, 32)
 *     node hpke.mjs receiver PRIVATE ENC INFO CONTEXT   prints Export(CONTEXT, 32)
 *
 * Everything in hex; the suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex")).buffer;
const hex = (data) => Buffer.from(data).toString("hex");
const [verb, ...words] = process.argv.slice(2);

if (verb === "sender") {
    const [key, info, context] = words.map(bytes);
    const recipientPublicKey = await suite.kem.deserializePublicKey(key);
    const sender = await suite.createSenderContext({ recipientPublicKey, info });
    console.log(hex(sender.enc));
    console.log(hex(await sender.export(context, 32)));
} else {
    const [key, enc, info, context] = words.map(bytes);
    const recipientKey = await suite.kem.deserializePrivateKey(key);
    const receiver = await suite.createRecipientContext({ recipientKey, enc, info });
    console.log(hex(await receiver.export(context, 32)));
}
