/*
 * signer_client - one who asks the signer and waits for the answer
 *
 * For commands that do one thing and end; a daemon speaks the same frames on its loop.
 *
 *     struct signer_client *client = signer_client_new(path, error, sizeof error);
 *     if (client && signer_client_call(client, &request, &answer, error, sizeof error))
 *         ...
 *     signer_client_free(client);
 */
#ifndef GRIEVD_SIGNER_CLIENT_H
#define GRIEVD_SIGNER_CLIENT_H

#include "signer_wire.h"

struct signer_client;

/* Connect to the signer's socket. NULL with a clause in error. */
struct signer_client *signer_client_new(const char *path, char *error, size_t error_size);
void signer_client_free(struct signer_client *client); /* NULL is allowed */

/*
 * Send a request and wait LIMIT_SIGNER_CALL_MS at most for its answer, whose spans are good
 * until the next call. False with a clause in error: the connection is of no use then.
 */
bool signer_client_call(struct signer_client *client, const struct wire_request *request,
                        struct wire_answer *ret_answer, char *error, size_t error_size);

#endif
