/* Made: which libraries speak for us, as they call themselves at run time. */
#ifndef LATCHKEY_MADE_H
#define LATCHKEY_MADE_H

#include "platform/buf.h"

/* Append url_pair text: libcurl, OpenSSL and ICU with their versions. */
void made_of(struct buf *out);

#endif
