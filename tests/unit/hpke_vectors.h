/*
 * The published numbers of RFC 9180's base mode for DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256 and AES-256-GCM (mode 0, KEM 32, KDF 1, AEAD 2), which the RFC's own
 * appendix leaves out: the first six encryptions and the three exports.
 *
 * Source: test-vectors.json of CFRG's repository draft-irtf-cfrg-hpke.
 * Numbers in hex.
 */
#ifndef GRIEVD_HPKE_VECTORS_H
#define GRIEVD_HPKE_VECTORS_H

static const char vector_info[] = "4f6465206f6e2061204772656369616e2055726e"; /* info */
static const char vector_seed_r[] =
    "dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee"; /* ikmR */
static const char vector_private_r[] =
    "497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d"; /* skRm */
static const char vector_public_r[] =
    "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c"; /* pkRm */
static const char vector_seed_e[] =
    "2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9"; /* ikmE */
static const char vector_private_e[] =
    "179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11"; /* skEm */
static const char vector_enc[] =
    "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"; /* pkEm */

static const struct {
    const char *exporter_context, *value;
} vector_exports[] = {
    {"", "ded6cffafaea6b812cbf3e241e88332adbc077aca81512914213810ee291770a"},
    {"00", "04d3cb6cc116b28ffd22ad5bc276c60d31fec71ceb87ae24db811c64b7507339"},
    {"54657374436f6e74657874", "7c5ded445732c14fe09727d29b4251c0fd38455fe8440571e687f0886aac94d2"},
};

/* Every message is this one; message N has the additional data "Count-N". */
static const char vector_plaintext[] = "4265617574792069732074727574682c20747275746820626561757479";

static const char *const vector_sealed[] = {
    "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a",
    "2c43aff25343fdbff864506f0818b9d87df84ea01b1a2144d23b4d40c26bf655fdf197fe40297a8aebeed5cc2d",
    "e0a8f2cf92ff61215edbb8c55dc31fe9e2eb42a5685867bb6854211542099f9e940c4b41c192bc390835b1a5f7",
    "a8ea1deafbe4935d0d484a026301a339d4668c43c37f5e289bf758c7aeb3e2812d0321c12b71978855883420c0",
    "448a8892f261cbb6bf5b7b64a4fae8a2c86492494b069c10525895d871c27c2f12cd17e0588fedaba9f7b0cd4c",
    "97c746402aa3728594f8c4f217d1e4059dae56c5fb401025ff601a61da903f2706355685954b2fdd518b81ef79",
};

#endif
