/* Zone table: what the names of ICU lack.
 *
 * ICU comes with the names of its own year. A zone made or changed after that, or one for which it
 * has no Windows name, is listed here with the Windows zone whose clocks agree today; one has none
 * and gets the nearest. A test compares all clocks with the database of the system.
 */
#include "zone_clock.h"

#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

struct pair {
	const char *from, *to;
};

static const struct pair windows[] = {
	{ "America/Chihuahua", "Central Standard Time (Mexico)" }, /* 2022 */
	{ "America/Ciudad_Juarez", "Mountain Standard Time" }, /* 2022, with the north of Texas */
	{ "America/Coyhaique", "Magallanes Standard Time" },   /* 2025, as Punta Arenas */
	{ "America/Ojinaga", "Central Standard Time" },	       /* 2022 */
	{ "America/Scoresbysund", "Greenland Standard Time" }, /* 2024 */
	{ "Antarctica/Casey", "W. Australia Standard Time" },  /* 2023 */
	/* Right in winter; no clock of Windows changes by two hours as this one does. */
	{ "Antarctica/Troll", "GMT Standard Time" },
	{ "Antarctica/Vostok", "West Asia Standard Time" }, /* 2023 */
	{ "Asia/Almaty", "Qyzylorda Standard Time" },	    /* 2024 */
	{ "Asia/Qostanay", "Qyzylorda Standard Time" },	    /* 2024 */
	{ "CET", "Romance Standard Time" },
	{ "MET", "Romance Standard Time" },
	{ "EET", "GTB Standard Time" },
	{ "WET", "GMT Standard Time" },
};

/* ICU keeps the spelling that a zone had when ICU first met it; and the place that a Windows zone
 * is known by may have left it. */
static const struct pair today[] = {
	{ "America/Buenos_Aires", "America/Argentina/Buenos_Aires" },
	{ "America/Chihuahua", "America/Mazatlan" }, /* 2022 */
	{ "America/Godthab", "America/Nuuk" },
	{ "America/Indianapolis", "America/Indiana/Indianapolis" },
	{ "Asia/Almaty", "Asia/Bishkek" }, /* 2024 */
	{ "Asia/Calcutta", "Asia/Kolkata" },
	{ "Asia/Katmandu", "Asia/Kathmandu" },
	{ "Asia/Rangoon", "Asia/Yangon" },
	{ "Europe/Kiev", "Europe/Kyiv" },
};

/* Names that servers and programs use in the place of a Windows name. The last two were zones of
 * Windows once; nobody lives by the second, whose summer time was an invention. */
static const struct pair others[] = {
	{ "tzone://Microsoft/Utc", "Etc/UTC" },
	{ "Coordinated Universal Time", "Etc/UTC" },
	{ "UTC", "Etc/UTC" },
	{ "Kamchatka Standard Time", "Asia/Kamchatka" },
	{ "Mid-Atlantic Standard Time", "Etc/GMT+2" },
};

static const char *const common[] = {
	"Etc/UTC",
	"Europe/London",
	"Europe/Berlin",
	"Europe/Helsinki",
	"America/New_York",
	"America/Chicago",
	"America/Denver",
	"America/Los_Angeles",
	"America/Phoenix",
	"America/Anchorage",
	"Pacific/Honolulu",
	"America/Halifax",
	"America/St_Johns",
	"America/Mexico_City",
	"America/Bogota",
	"America/Caracas",
	"America/Sao_Paulo",
	"America/Santiago",
	"America/Asuncion",
	"America/Havana",
	"America/Nuuk",
	"America/Miquelon",
	"America/Adak",
	"Atlantic/Azores",
	"Atlantic/Cape_Verde",
	"Africa/Lagos",
	"Africa/Johannesburg",
	"Africa/Cairo",
	"Europe/Istanbul",
	"Europe/Moscow",
	"Europe/Chisinau",
	"Asia/Jerusalem",
	"Asia/Beirut",
	"Asia/Hebron",
	"Asia/Tehran",
	"Asia/Dubai",
	"Asia/Kabul",
	"Asia/Karachi",
	"Asia/Kolkata",
	"Asia/Kathmandu",
	"Asia/Dhaka",
	"Asia/Yangon",
	"Asia/Bangkok",
	"Asia/Singapore",
	"Asia/Tokyo",
	"Australia/Eucla",
	"Australia/Darwin",
	"Australia/Adelaide",
	"Australia/Brisbane",
	"Australia/Sydney",
	"Australia/Lord_Howe",
	"Asia/Vladivostok",
	"Pacific/Noumea",
	"Pacific/Norfolk",
	"Pacific/Auckland",
	"Pacific/Fiji",
	"Pacific/Chatham",
	"Pacific/Tongatapu",
	"Pacific/Kiritimati",
	"Pacific/Easter",
	"Pacific/Marquesas",
	"Pacific/Gambier",
	"Pacific/Pago_Pago",
	"Etc/GMT+2",
	"Etc/GMT+8",
	"Etc/GMT+12",
	NULL,
};

static const char *find(const struct pair *pairs, size_t n, const char *from)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(pairs[i].from, from) == 0)
			return pairs[i].to;
	}
	return NULL;
}

const char *zone_table_windows(const char *iana)
{
	return find(windows, LENGTH(windows), iana);
}

const char *zone_table_today(const char *iana)
{
	return find(today, LENGTH(today), iana);
}

const char *zone_table_other(const char *word)
{
	return find(others, LENGTH(others), word);
}

const char *zone_table_common(size_t i)
{
	return i < LENGTH(common) ? common[i] : NULL;
}
