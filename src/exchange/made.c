/* Made: names and versions of the libraries. */
#include "made.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <unicode/uversion.h>
#include "platform/url.h"

void made_of(struct buf *out)
{
	char icu[U_MAX_VERSION_STRING_LENGTH];
	UVersionInfo v;

	u_getVersion(v);
	u_versionToString(v, icu);
	url_pair(out, "libcurl", curl_version());
	url_pair(out, "OpenSSL", OpenSSL_version(OPENSSL_VERSION));
	url_pair(out, "ICU", icu);
}
