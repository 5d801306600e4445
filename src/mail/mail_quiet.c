/* Mail quiet: the hours in which only urgent mail goes. */
#include "mail_quiet.h"

#include <time.h>
#include "platform/config.h"

int64_t mail_quiet_until(const char *hours, int64_t now)
{
	time_t t = (time_t)now;
	int from, to, minute;
	struct tm tm;

	if (config_hours(hours, &from, &to) < 0 || !localtime_r(&t, &tm))
		return 0;
	minute = tm.tm_hour * 60 + tm.tm_min;
	if (from < to ? minute < from || minute >= to : minute < from && minute >= to)
		return 0;
	tm.tm_mday += from > to && minute >= from;
	tm.tm_hour = to / 60;
	tm.tm_min = to % 60;
	tm.tm_sec = 0;
	tm.tm_isdst = -1; /* the clocks may change in this night */
	return (int64_t)mktime(&tm);
}
