/*
 * principal - whose certificate it is
 *
 * The CN of a certificate is the name of a principal: 1 to 64 of A-Z a-z 0-9 . _ -, and there is
 * exactly one. By that name the register knows who asks, and an office what it has sent, wherever
 * its certificate lies and however often that is renewed.
 *
 * Pure.
 */
#ifndef GRIEVD_PRINCIPAL_H
#define GRIEVD_PRINCIPAL_H

#include <openssl/x509.h>

#include "span.h"

enum { PRINCIPAL_CHARS = 64 };

/* False if the certificate names none. */
bool principal_of(X509 *certificate, char ret_name[static PRINCIPAL_CHARS + 1]);

/* The same of the first certificate in a PEM text; "" if that names none. False: it has none. */
bool principal_of_pem(struct span pem, char ret_name[static PRINCIPAL_CHARS + 1]);

#endif
