/*
 * err - every way a request can fail, on one page
 *
 * One table joins the name used in C, the slug in the problem document (RFC
 * 9457), the HTTP status, the SQLSTATE that SQL functions raise for it (class
 * ZG, which the standard leaves to implementations; NULL where SQL never does)
 * and the title in both languages. The daemon, the client and the SQL tests read the same page.
 *
 * Pure.
 */
#ifndef GRIEVD_ERR_H
#define GRIEVD_ERR_H

#include <stdbool.h>

#include "span.h"

/* X(NAME, slug, status, sqlstate, Thai title, title) */
#define ERR_TABLE(X)                                                                        \
    X(ERR_NONE, "none", 200, NULL, "ไม่มีข้อผิดพลาด", "No error")                               \
    X(ERR_BAD_REQUEST, "bad-request", 400, NULL, "คำขอผิดรูปแบบ", "The request is malformed") \
    X(ERR_NO_CERTIFICATE, "certificate-required", 401, "ZG401", "ต้องมีใบรับรอง",              \
      "A client certificate is required")                                                   \
    X(ERR_FORBIDDEN, "forbidden", 403, "ZG403", "บทบาทของท่านไม่มีสิทธิทำสิ่งนี้",                   \
      "Your roles do not allow this")                                                       \
    X(ERR_CERTIFICATE_REVOKED, "certificate-refused", 403, NULL, "ใบรับรองใช้ไม่ได้แล้ว",        \
      "The client certificate is no longer valid")                                          \
    X(ERR_NOT_FOUND, "not-found", 404, "ZG404", "ไม่มีสิ่งที่ท่านมีสิทธิเห็น",                         \
      "There is nothing here that you may see")                                             \
    X(ERR_METHOD, "method-not-allowed", 405, NULL, "ใช้คำสั่งนี้กับสิ่งนี้ไม่ได้",                      \
      "This resource does not have that method")                                            \
    X(ERR_TIMEOUT, "request-timeout", 408, "ZG408", "คำขอมาไม่ครบในเวลา",                    \
      "The request did not arrive in time")                                                 \
    X(ERR_CONFLICT, "conflict", 409, "ZG409", "คำขอขัดกับข้อมูลที่บันทึกไว้",                        \
      "The request contradicts what is recorded")                                           \
    X(ERR_GONE, "gone", 410, "ZG410", "เนื้อหาถูกลบแล้ว", "The content was erased")             \
    X(ERR_LENGTH_REQUIRED, "length-required", 411, NULL, "ต้องแจ้งความยาวเนื้อหาก่อน",           \
      "The content's length must be sent first")                                            \
    X(ERR_STALE, "precondition-failed", 412, "ZG412", "เรื่องเปลี่ยนไปแล้วหลังจากที่ท่านอ่าน",        \
      "The case has changed since you read it")                                             \
    X(ERR_TOO_LARGE, "content-too-large", 413, NULL, "เนื้อหายาวเกินกำหนด",                    \
      "The content is larger than allowed")                                                 \
    X(ERR_URI_TOO_LONG, "uri-too-long", 414, NULL, "ที่อยู่ยาวเกินกำหนด",                        \
      "The target is longer than allowed")                                                  \
    X(ERR_MEDIA_TYPE, "unsupported-media-type", 415, NULL, "เนื้อหาต้องเป็น application/json",  \
      "The content must be application/json")                                               \
    X(ERR_EXPECTATION, "expectation-failed", 417, NULL, "Expect ใช้ได้เฉพาะ 100-continue",    \
      "Only 100-continue can be expected")                                                  \
    X(ERR_INVALID, "invalid", 422, "ZG422", "เนื้อหามีข้อผิดพลาด", "The content has faults")     \
    X(ERR_NO_IF_MATCH, "precondition-required", 428, "ZG428", "ต้องมี If-Match",              \
      "If-Match is required")                                                               \
    X(ERR_TOO_MANY, "too-many-requests", 429, "ZG429", "คำขอมากเกินไป", "Too many requests") \
    X(ERR_HEADERS_TOO_LARGE, "headers-too-large", 431, NULL, "ส่วนหัวยาวเกินกำหนด",            \
      "The header is larger than allowed")                                                  \
    X(ERR_INTERNAL, "internal", 500, NULL, "เครื่องแม่ข่ายขัดข้อง มีบันทึกไว้แล้ว",                    \
      "The server failed; the event is in its log")                                         \
    X(ERR_NOT_IMPLEMENTED, "not-implemented", 501, NULL, "เครื่องแม่ข่ายไม่รู้จักสิ่งนี้",              \
      "The server does not know that")                                                      \
    X(ERR_UNAVAILABLE, "unavailable", 503, NULL, "ติดต่อทะเบียนไม่ได้ ยังไม่ได้บันทึก",               \
      "The register cannot be reached; nothing was stored")                                 \
    X(ERR_OUTCOME_UNKNOWN, "outcome-unknown", 503, NULL, "ไม่ทราบผล ให้ส่งคำขอเดิมซ้ำ",          \
      "The outcome is unknown; send the same request again")                                \
    X(ERR_FROZEN, "frozen", 503, "ZG503", "ทะเบียนหยุดรับเพื่อบำรุงรักษา ยังไม่ได้บันทึก",              \
      "The register is frozen for maintenance; nothing was stored")                         \
    X(ERR_FORKED, "log-forked", 503, NULL, "บันทึกกับฐานข้อมูลไม่ตรงกัน หยุดบันทึกจนกว่าจะแก้ไข",       \
      "The log and the database differ; nothing is stored until that is settled")           \
    X(ERR_HTTP_VERSION, "http-version", 505, NULL, "รับเฉพาะ HTTP/1.1",                      \
      "Only HTTP/1.1 is spoken here")

#define X(name, slug, status, sqlstate, title_th, title) name,
enum err { ERR_TABLE(X) };
#undef X

/* What the table says of one error; static storage. */
struct err_info {
    const char *name; /* as in C, for logs */
    const char *slug; /* last part of the problem's type, urn:grievd:problem:SLUG */
    int status;       /* HTTP */
    const char *sqlstate;
    const char *title_th, *title;
};

const struct err_info *err_info(enum err err);

/*
 * The error an SQLSTATE stands for: ZG ones by the table; 08007, 40003 and NULL (libpq's
 * own error: the connection broke) ERR_OUTCOME_UNKNOWN; classes 08, 25, 40, 53, 57 and 58
 * ERR_UNAVAILABLE; anything else ERR_INTERNAL.
 */
enum err err_of_sqlstate(const char *sqlstate);

/* True if the slug names a row; used by the client to read a problem document. */
bool err_of_slug(struct span slug, enum err *ret_err);

#endif
