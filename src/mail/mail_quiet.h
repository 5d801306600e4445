/* Mail quiet: the hours in which only urgent mail goes. */
#ifndef LATCHKEY_MAIL_QUIET_H
#define LATCHKEY_MAIL_QUIET_H

#include <stdint.h>

/* When the quiet hours that `now` lies in end; 0 when it lies in none. hours: the setting
 * mail_quiet, "" for none, in the zone of this machine. */
int64_t mail_quiet_until(const char *hours, int64_t now);

#endif
