/*
 * metrics - counters and gauges for Prometheus
 *
 * One list yields the enum, the names and the help texts. Updates are relaxed
 * atomics, safe from any thread. A leaf: knows nothing of the rest.
 */
#ifndef GRIEVD_METRICS_H
#define GRIEVD_METRICS_H

#include <stddef.h>
#include <stdint.h>

/* X(NAME, type, prometheus name, help) */
#define METRICS_TABLE(X)                                                                      \
    X(METRIC_CONNECTIONS_ACCEPTED, "counter", "grievd_connections_accepted_total",            \
      "Connections accepted")                                                                 \
    X(METRIC_CONNECTIONS_REFUSED, "counter", "grievd_connections_refused_total",              \
      "Connections refused by a limit")                                                       \
    X(METRIC_CONNECTIONS_CUT, "counter", "grievd_connections_cut_total",                      \
      "Connections cut at a deadline")                                                        \
    X(METRIC_CONNECTIONS, "gauge", "grievd_connections", "Connections open now")              \
    X(METRIC_HANDSHAKES_FAILED, "counter", "grievd_tls_handshakes_failed_total",              \
      "TLS handshakes that failed")                                                           \
    X(METRIC_REQUESTS, "counter", "grievd_requests_total", "Requests answered")               \
    X(METRIC_REQUESTS_MALFORMED, "counter", "grievd_requests_malformed_total",                \
      "Requests refused by the HTTP reader")                                                  \
    X(METRIC_ANSWERS_4XX, "counter", "grievd_answers_4xx_total", "Answers with a 4xx status") \
    X(METRIC_ANSWERS_5XX, "counter", "grievd_answers_5xx_total", "Answers with a 5xx status") \
    X(METRIC_SUBMISSIONS, "counter", "grievd_submissions_total", "Complaints newly accepted") \
    X(METRIC_REPLAYS, "counter", "grievd_replays_total", "Submissions that were replays")     \
    X(METRIC_BATCHES, "counter", "grievd_batches_total", "Batches committed")                 \
    X(METRIC_OUTCOME_UNKNOWN, "counter", "grievd_outcome_unknown_total",                      \
      "Answers that left the outcome open")                                                   \
    X(METRIC_OPENINGS_REFUSED, "counter", "grievd_openings_refused_total",                    \
      "Texts that did not open to what was acknowledged")                                     \
    X(METRIC_INTAKE_QUEUE, "gauge", "grievd_intake_queue", "Submissions waiting for a batch") \
    X(METRIC_TRANSFERS, "gauge", "grievd_transfers", "Attachments on their way, up and down") \
    X(METRIC_SWEPT, "counter", "grievd_swept_total", "Events that clocks caused")             \
    X(METRIC_STORE_UP, "gauge", "grievd_store_up", "1 while the database can be written")     \
    X(METRIC_STORE_CONNECTS, "counter", "grievd_store_connects_total",                        \
      "Connections made to the database")                                                     \
    X(METRIC_STORE_FAILURES, "counter", "grievd_store_failures_total",                        \
      "Connections to the database lost or refused")                                          \
    X(METRIC_LEDGER_READY, "gauge", "grievd_ledger_ready",                                    \
      "1 while the log is signed as it grows")                                                \
    X(METRIC_LEDGER_SIZE, "gauge", "grievd_ledger_size", "Leaves of the log that are signed") \
    X(METRIC_LEDGER_COMPARISONS, "counter", "grievd_ledger_comparisons_total",                \
      "Times that all leaves of the database were compared with the log")                     \
    X(METRIC_CERTIFICATE_EXPIRES, "gauge", "grievd_certificate_expires_seconds",              \
      "Unix time at which the server certificate expires")                                    \
    X(METRIC_REVOCATION_DUE, "gauge", "grievd_revocation_list_due_seconds",                   \
      "Unix time at which the client revocation list is to be renewed; 0 without one")

#define X(name, type, prometheus, help) name,
enum metric { METRICS_TABLE(X) METRIC_COUNT };
#undef X

void metric_add(enum metric metric, int64_t amount);
void metric_set(enum metric metric, int64_t value);
int64_t metric_get(enum metric metric);

/*
 * All of them in the Prometheus text format. Returns the length without NUL, as
 * snprintf does: if it is not below size, the text did not fit.
 */
size_t metrics_print(char *buffer, size_t size);

#endif
