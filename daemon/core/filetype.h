/*
 * filetype - what a file is, by its first bytes
 *
 * Never by its name, and never by what who sends it says. The answer is a media type that
 * documents, pictures, recordings and spreadsheets of an office have; what is not known is
 * application/octet-stream. It is a label for people: nothing is opened, run or shown by it.
 *
 * Pure.
 */
#ifndef GRIEVD_FILETYPE_H
#define GRIEVD_FILETYPE_H

#include "span.h"

/* The first bytes of the file: all of it, or 64 KiB. Static storage. */
const char *filetype_of(struct span head);

#endif
