/*
 * complainant - who complains, sealed here, so that no server sees it
 *
 * For the custodians of this client's settings; docs/sealing.md has the format.
 */
#ifndef GRIEVD_CLIENT_COMPLAINANT_H
#define GRIEVD_CLIENT_COMPLAINANT_H

#include "griev.h"
#include "spool.h"

/*
 * Put the sealed complainant in the place of the one in spool->body, a body that was checked;
 * spool->id and spool->nonce are what it goes out with. Nothing happens where the settings leave
 * it to the server, nobody is named, or it is sealed already. An exit code, trouble told.
 */
int complainant_seal(const struct griev *griev, struct spool *spool);

#endif
