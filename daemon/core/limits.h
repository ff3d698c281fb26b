/*
 * limits - the one table of every bound
 *
 * Nothing here grows without one of these. docs/operations.md prints the same
 * table; those that an operator may change are settings whose default is here.
 */
#ifndef GRIEVD_LIMITS_H
#define GRIEVD_LIMITS_H

enum {
    /* one request */
    LIMIT_HEAD_BYTES = 16 * 1024, /* request line and fields together */
    LIMIT_REQUEST_LINE_BYTES = 8 * 1024,
    LIMIT_METHOD_BYTES = 32,
    LIMIT_HEAD_FIELDS = 64,            /* header fields, or trailer fields */
    LIMIT_CHUNK_LINE_BYTES = 256,      /* a chunk-size line with its extensions */
    LIMIT_CHUNK_EXT_BYTES = 16 * 1024, /* all chunk extensions of one body together */
    LIMIT_JSON_BODY_BYTES = 240 * 1024,
    LIMIT_ANYONE_BODY_BYTES = 4 * 1024, /* of a peer without a certificate */
    LIMIT_JSON_DEPTH = 16,
    LIMIT_REQUEST_ARENA_BYTES = 4 * 1024 * 1024, /* head, body, parameters and answer */
    LIMIT_PATH_PARAMS = 2,
    LIMIT_QUERY_PARAMS = 16,
    LIMIT_FAULTS = 32, /* faults named in one 422 */

    /* one complaint */
    LIMIT_NARRATIVE_BYTES = 100 * 1000,
    LIMIT_CUSTODIAN_TEXT_BYTES = 4 * 1000, /* what is told to custodians: they get all that waits */
    LIMIT_TEXT_BYTES = 500,                /* any other text */
    LIMIT_CODE_BYTES = 64,                 /* a taxonomy code, a unit's, a principal's name */
    LIMIT_LIST_ITEMS = 20,                 /* accused, conflict */
    LIMIT_ATTACHMENTS = 20,                /* files; their numbers, which the register checks */
    LIMIT_ATTACHMENT_BYTES = 25 * 1024 * 1024,
    LIMIT_FILE_NAME_BYTES = 255,

    /* time, in milliseconds: absolute, not restarted by each byte */
    LIMIT_HANDSHAKE_MS = 10 * 1000,
    LIMIT_HEAD_MS = 10 * 1000,
    LIMIT_BODY_MS = 60 * 1000,
    LIMIT_IDLE_MS = 75 * 1000,
    LIMIT_WRITE_MS = 60 * 1000,        /* a peer that does not read its answer is cut */
    LIMIT_LINGER_MS = 2 * 1000,        /* for the peer to end, after its last answer */
    LIMIT_STORE_READ_MS = 10 * 1000,   /* a read not answered: 503 */
    LIMIT_STORE_COMMIT_MS = 10 * 1000, /* a commit not answered: 503 outcome unknown */
    LIMIT_STORE_CONNECT_MS = 2 * 1000, /* one attempt at one host */
    LIMIT_SMTP_CONNECT_MS = 10 * 1000, /* to reach the mail server */
    LIMIT_SMTP_MS = 30 * 1000,         /* one message, from connecting to its last reply */
    LIMIT_STORE_RETRY_MS = 500,        /* pause between attempts, at most */
    LIMIT_SIGNER_CALL_MS = 10 * 1000,  /* a command waits for the signer's answer */

    /* buffers of one connection */
    LIMIT_INPUT_BYTES = 32 * 1024,        /* read watermark: more stays in the kernel */
    LIMIT_PIPELINED_ANSWERS = 1,          /* requests in flight on one connection */
    LIMIT_LINGER_BYTES = 4 * 1024 * 1024, /* read and dropped while lingering */
    LIMIT_TRANSFERS = 64,                 /* attachments on their way, of a worker: beyond, 503 */
    LIMIT_TRANSFERS_OF_ONE = 8,           /* of these, one principal's: beyond, 429 */

    /* queues */
    LIMIT_BATCH_ITEMS = 100,
    LIMIT_BATCH_BYTES = 4 * 1024 * 1024, /* envelopes of one batch; one always goes */
    LIMIT_INTAKE_QUEUE = 2048,           /* submissions waiting; beyond: 503 at once */
    LIMIT_STORE_QUEUE = 2048, /* other statements waiting per lane; beyond: 503 at once */
    LIMIT_PAGE_ROWS = 200,
    LIMIT_OUTBOX_LOAN = 20, /* messages that the mailer takes at a time */

    /* the ledger */
    LIMIT_NOTE_NAME_BYTES = 255,      /* an origin, a key's name */
    LIMIT_NOTE_BYTES = 128 * 1024,    /* a signed note: 16 signatures, of post-quantum size */
    LIMIT_RECEIPT_BYTES = 144 * 1024, /* such a note with a proof before it */
    LIMIT_SIGNER_LEAVES = 1024,       /* in one request to the signer, or answer */
    LIMIT_SIGNER_FRAME_BYTES = 64 * 1024,
    LIMIT_SIGNER_ANSWER_MS = 5 * 1000, /* an answer of the signer's; then it counts as away */
    LIMIT_SIGNER_CONNECTIONS = 32,     /* daemons at one signer, with their operators */

    /* answers to what anyone may ask, kept by each worker */
    LIMIT_KEPT_ANSWERS = 32,
    LIMIT_KEPT_BYTES = 64 * 1024, /* of one; a larger one is not kept */
    LIMIT_KEPT_MS = 60 * 1000,
};

#endif
