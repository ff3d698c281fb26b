/*
 * inspect - what grievd can tell without running
 *
 * `grievd check-config` goes through everything that can be checked before a
 * start, one printed line each, so that a change of configuration is tried
 * before it is sent with SIGHUP. `grievd routes` prints the API's table, `grievd signer
 * --status` what a running signer says of itself.
 */
#ifndef GRIEVD_INSPECT_H
#define GRIEVD_INSPECT_H

#include <stdbool.h>

/* Print a line for each check; EX_OK, or EX_CONFIG if one failed. Warnings do not fail. */
int inspect_config(const char *config_path);

/* Print the route table, as columns or as a JSON array of objects. EX_OK. */
int inspect_routes(bool json);

/* Print the signer's state and its checkpoint: EX_OK, 1 if it is not ready, EX_UNAVAILABLE. */
int inspect_signer(const char *socket_path);

#endif
