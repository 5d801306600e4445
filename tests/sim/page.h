/* Page: the HTML that stands where an Exchange answer was expected. */
#ifndef SIM_PAGE_H
#define SIM_PAGE_H

#include "sim/http.h"

/* Each replaces the answer's status, type and body; headers already there stay. */
void page_text(struct answer *a, int status, const char *type, const char *body);
/* What IIS, ASP.NET or http.sys says with this status. */
void page_status(struct answer *a, int status);
void page_moved(struct answer *a, int status, const char *location);
void page_login(struct answer *a); /* the mail application's form, status 200 */
void page_proxy(struct answer *a, int status);
void page_website(struct answer *a, const char *organisation, const char *path);

#endif
