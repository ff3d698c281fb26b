#include "principal.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

static bool is_name(const char *text, size_t len)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    return len >= 1 && len <= PRINCIPAL_CHARS && strlen(text) == len &&
           strspn(text, allowed) == len;
}

bool principal_of(X509 *certificate, char ret_name[static PRINCIPAL_CHARS + 1])
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    unsigned char *text;

    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
        return false;
    const int len =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (len < 0)
        return false;
    const bool good = is_name((const char *)text, (size_t)len);
    if (good)
        memcpy(ret_name, text, (size_t)len + 1);
    OPENSSL_free(text);
    return good;
}

bool principal_of_pem(struct span pem, char ret_name[static PRINCIPAL_CHARS + 1])
{
    BIO *bio = pem.len <= INT_MAX ? BIO_new_mem_buf(pem.data, (int)pem.len) : NULL;
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    const bool good = certificate != NULL;

    BIO_free(bio);
    if (good && !principal_of(certificate, ret_name))
        ret_name[0] = '\0';
    X509_free(certificate);
    return good;
}
