/*
 * Token errors: every AADSTS refusal the sign-in can give, and the JSON it gives them in.
 *
 * One table: number, RFC 6749 word, HTTP status, text. Clients branch on the word; people search
 * for the number. Rows that no described world leads to are there for faults (token_refuse).
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 200 }; /* of a value from outside, in an error text */

const struct token_error token_errors[] = {
	/* the account */
	{ 50034, "invalid_grant", 400, NULL,
		"The user account %1 does not exist in the %2 directory. To sign into this "
		"application, the account must be added to the directory." },
	{ 50020, "invalid_grant", 400, NULL,
		"User account '%1' from identity provider does not exist in tenant '%2' and cannot "
		"access the application in that tenant. The account needs to be added as an "
		"external user in the tenant first. Sign out and sign in again with a different "
		"Azure Active Directory user account." },
	{ 50126, "invalid_grant", 400, NULL,
		"Error validating credentials due to invalid username or password." },
	{ 50056, "invalid_grant", 400, NULL,
		"Invalid or missing password: password does not exist in the directory for this "
		"user." },
	{ 50064, "invalid_grant", 400, NULL,
		"Credential validation on username or password has "
		"failed." },
	{ 50053, "invalid_grant", 400, NULL,
		"The account is locked, you've tried to sign in too many times with an incorrect "
		"user ID or password." },
	{ 50055, "invalid_grant", 400, "user_password_expired", "The password is expired." },
	{ 50144, "invalid_grant", 400, "user_password_expired",
		"The user's Active Directory password has expired. Generate a new password for "
		"the user or have the user use the self-service reset tool to reset their "
		"password." },
	{ 50057, "invalid_grant", 400, NULL, "The user account is disabled." },
	{ 80012, "invalid_grant", 400, NULL,
		"The users attempted to log on outside of the allowed hours (this is specified in "
		"AD)." },
	{ 50058, "login_required", 400, NULL,
		"Session information is not sufficient for single-sign-on. A silent sign-in "
		"request was sent but no user is signed in." },
	{ 16000, "interaction_required", 400, NULL,
		"Either multiple user identities are available for the current request or "
		"selected account is not supported for the scenario." },
	{ 50105, "interaction_required", 400, NULL,
		"Your administrator has configured the application %1 to block users unless they "
		"are specifically granted ('assigned') access to the application. The signed in "
		"user '%2' is blocked because they are not a direct member of a group with "
		"access, nor had access directly assigned by an administrator. Please contact "
		"your administrator to assign access to this application." },

	/* more than a password */
	{ 50072, "invalid_grant", 400, "basic_action",
		"Due to a configuration change made by your administrator, or because you moved "
		"to a new location, you must enroll in multi-factor authentication to access "
		"'%1'." },
	{ 50074, "invalid_grant", 400, "basic_action", "Strong Authentication is required." },
	{ 50076, "invalid_grant", 400, "basic_action",
		"Due to a configuration change made by your administrator, or because you moved "
		"to a new location, you must use multi-factor authentication to access '%1'." },
	{ 50079, "invalid_grant", 400, "basic_action",
		"Due to a configuration change made by your administrator, or because you moved "
		"to a new location, you must enroll in multi-factor authentication to access "
		"'%1'." },
	{ 50158, "invalid_grant", 400, "basic_action",
		"External security challenge not satisfied. User will be redirected to another "
		"page or authentication provider to satisfy additional authentication "
		"challenges." },
	{ 500121, "access_denied", 400, NULL,
		"Authentication failed during strong authentication request." },
	{ 50131, "invalid_grant", 400, "message_only",
		"Device is not in required device state. Conditional Access policy requires a "
		"compliant device, and the device is not compliant." },
	{ 53000, "invalid_grant", 400, "message_only",
		"Device is not in required device state: unregistered. Conditional Access policy "
		"requires a compliant device, and the device is not compliant." },
	{ 53001, "invalid_grant", 400, "message_only",
		"Device is not in required device state: unregistered. Conditional Access policy "
		"requires a domain joined device, and the device is not domain joined." },
	{ 53002, "invalid_grant", 400, "message_only",
		"Application used is not an approved application for conditional access." },
	{ 53003, "invalid_grant", 400, "message_only",
		"Access has been blocked by Conditional Access policies. The access policy does "
		"not allow token issuance." },
	{ 530032, "invalid_grant", 400, "message_only",
		"User blocked due to risk on home tenant." },
	{ 530035, "invalid_grant", 400, "message_only",
		"Access has been blocked by security defaults." },

	/* consent */
	{ 65001, "invalid_grant", 400, "consent_required",
		"The user or administrator has not consented to use the application with ID '%1' "
		"named '%2'. Send an interactive authorization request for this user and "
		"resource." },
	{ 65004, "access_denied", 400, NULL, "User declined to consent to access the app." },
	{ 90094, "access_denied", 400, NULL,
		"The grant requires admin permission: an administrator has set a policy that "
		"prevents you from granting %1 the permissions it is requesting. Contact an "
		"administrator of %2, who can grant permissions to this app on your behalf." },

	/* the application */
	{ 700016, "unauthorized_client", 400, NULL,
		"Application with identifier '%1' was not found in the directory '%2'. This can "
		"happen if the application has not been installed by the administrator of the "
		"tenant or consented to by any user in the tenant. You may have sent your "
		"authentication request to the wrong tenant." },
	{ 7000112, "unauthorized_client", 400, NULL, "Application '%1'(%2) is disabled." },
	{ 7000215, "invalid_client", 401, NULL,
		"Invalid client secret provided. Ensure the secret being sent in the request is "
		"the client secret value, not the client secret ID, for a secret added to app "
		"'%1'." },
	{ 7000222, "invalid_client", 401, NULL,
		"The provided client secret keys for app '%1' are expired. Visit the Azure portal "
		"to create new keys for your app: https://aka.ms/NewClientSecret, or consider "
		"using certificate credentials for added security: https://aka.ms/certCreds." },
	{ 7000216, "invalid_request", 401, NULL,
		"'client_assertion', 'client_secret' or 'request' is required for the "
		"'client_credentials' grant type." },
	{ 7000218, "invalid_client", 401, NULL,
		"The request body must contain the following parameter: 'client_assertion' or "
		"'client_secret'." },
	{ 700025, "invalid_client", 401, NULL,
		"Client is public so neither 'client_assertion' nor 'client_secret' should be "
		"presented." },
	{ 700027, "invalid_client", 401, NULL,
		"The certificate with identifier used to sign the client assertion is not "
		"registered on application. [Reason - %1, Thumbprint of key used by client: "
		"'%2', Please visit the Azure Portal to see configured keys for the app.]" },
	{ 50012, "invalid_client", 401, NULL,
		"Client assertion contains an invalid signature. [Reason - %1, Thumbprint of key "
		"used by client: '%2'.]" },
	{ 50027, "invalid_request", 400, NULL, "JWT token is invalid or malformed. %1" },
	{ 700021, "invalid_client", 401, NULL,
		"Client assertion application identifier doesn't match 'client_id' parameter. "
		"Review the documentation at "
		"https://learn.microsoft.com/entra/identity-platform/certificate-credentials ." },
	{ 700023, "invalid_client", 401, NULL,
		"Client assertion audience claim does not match Realm issuer. Review the "
		"documentation at "
		"https://learn.microsoft.com/entra/identity-platform/certificate-credentials ." },
	{ 700024, "invalid_client", 401, NULL,
		"Client assertion is not within its valid time range. Current time: %1, expiry "
		"time of assertion %2." },
	{ 50011, "invalid_request", 400, NULL,
		"The redirect URI '%1' specified in the request does not match the redirect URIs "
		"configured for the application '%2'. Make sure the redirect URI sent in the "
		"request matches one added to your application in the Azure portal." },
	{ 500113, "invalid_request", 400, NULL,
		"No reply address is registered for the application." },
	{ 500112, "invalid_grant", 400, NULL,
		"The reply address '%1' does not match the reply address '%2' provided when "
		"requesting Authorization code." },
	{ 50194, "invalid_request", 400, NULL,
		"Application '%1'(%2) is not configured as a multi-tenant application. Usage of "
		"the /common endpoint is not supported for such apps created after "
		"'10/15/2018'. Use a tenant-specific endpoint or configure the application to be "
		"multi-tenant." },

	/* the grant */
	{ 50147, "invalid_request", 400, NULL,
		"The code challenge parameter is missing or its size is not valid." },
	{ 501491, "invalid_request", 400, NULL, "Invalid size of Code_Challenge parameter." },
	{ 501481, "invalid_grant", 400, NULL,
		"The Code_Verifier does not match the code_challenge supplied in the "
		"authorization request." },
	{ 54005, "invalid_grant", 400, NULL,
		"OAuth2 Authorization code was already redeemed, please retry with a new valid "
		"code or use an existing refresh token." },
	{ 700005, "invalid_grant", 400, NULL,
		"Provided Authorization Code is intended to use against other tenant, thus "
		"rejected." },
	{ 70000, "invalid_grant", 400, "bad_token", "Provided grant is invalid or malformed." },
	{ 70008, "invalid_grant", 400, "bad_token",
		"The provided authorization code or refresh token has expired due to inactivity. "
		"Send a new interactive authorization request for this user and resource." },
	{ 700082, "invalid_grant", 400, "bad_token",
		"The refresh token has expired due to inactivity. The token was issued on %1 and "
		"was inactive for 90.00:00:00." },
	{ 70043, "invalid_grant", 400, "bad_token",
		"The refresh token has expired or is invalid due to sign-in frequency checks by "
		"conditional access." },
	{ 50173, "invalid_grant", 400, "bad_token",
		"The provided grant has expired due to it being revoked, a fresh auth token is "
		"needed. The user might have changed or reset their password. The grant was "
		"issued on '%1' and the TokensValidFrom date (before which tokens are not valid) "
		"for this user is '%2'." },
	{ 50132, "invalid_grant", 400, "bad_token",
		"The session is not valid due to the following reasons: password expiration or "
		"recent password change, SSO artifact is invalid or expired, session is not fresh "
		"enough for application." },
	{ 50133, "invalid_grant", 400, "bad_token",
		"The session is not valid due to password expiration or recent password change." },
	{ 70016, "authorization_pending", 400, NULL,
		"OAuth 2.0 device flow error. Authorization is pending. Continue polling." },
	{ 70017, "authorization_declined", 400, NULL,
		"OAuth 2.0 device flow error. The end user denied the authorization request." },
	{ 70018, "bad_verification_code", 400, NULL,
		"Invalid verification code due to User typing in wrong user code for device code "
		"flow." },
	{ 70019, "expired_token", 400, NULL,
		"Verification code expired. Have the user retry the sign-in." },

	/* the request */
	{ 900144, "invalid_request", 400, NULL,
		"The request body must contain the following parameter: '%1'." },
	{ 900561, "invalid_request", 400, NULL,
		"The endpoint only accepts POST requests. Received a %1 request." },
	{ 9002313, "invalid_request", 400, NULL,
		"Invalid request. Request is malformed or invalid." },
	{ 90015, "invalid_request", 400, NULL, "Requested query string is too long." },
	{ 70003, "unsupported_grant_type", 400, NULL,
		"The app requested an unsupported grant type '%1'." },
	{ 70005, "unsupported_response_type", 400, NULL,
		"The app returned an unsupported response type '%1'." },
	{ 700054, "unsupported_response_type", 400, NULL,
		"response_type '%1' is not enabled for the application." },
	{ 70007, "invalid_request", 400, NULL,
		"The app returned an unsupported value of 'response_mode' when requesting a "
		"token." },
	{ 90023, "invalid_request", 400, NULL, "Unsupported 'prompt' value." },

	/* resource and scope */
	{ 500011, "invalid_resource", 400, NULL,
		"The resource principal named %1 was not found in the tenant named %2. This can "
		"happen if the application has not been installed by the administrator of the "
		"tenant or consented to by any user in the tenant. You might have sent your "
		"authentication request to the wrong tenant." },
	{ 650052, "invalid_client", 400, NULL,
		"The app is trying to access a service that your organization lacks a service "
		"principal for." },
	{ 650057, "invalid_resource", 400, NULL,
		"Invalid resource. The client has requested access to a resource which is not "
		"listed in the requested permissions in the client's application registration. "
		"Client app ID: %1(%2). Resource app ID: 00000002-0000-0ff1-ce00-000000000000." },
	{ 70011, "invalid_scope", 400, NULL,
		"The provided request must include a 'scope' input parameter. The provided value "
		"for the input parameter 'scope' is not valid. The scope %1 is not valid." },
	{ 1002012, "invalid_scope", 400, NULL,
		"The provided value for scope %1 is not valid. Client credential flows must have "
		"a scope value with /.default suffixed to the resource identifier (application "
		"ID URI)." },
	{ 28000, "invalid_request", 400, NULL,
		"Provided value for the input parameter scope is not valid because it contains "
		"more than one resource. Scope %1 is not valid." },
	{ 28002, "invalid_request", 400, NULL,
		"Provided value for the input parameter scope '%1' is not valid when requesting "
		"an access token. Please specify a valid scope." },

	/* the tenant, and the service itself */
	{ 90002, "invalid_request", 400, NULL,
		"Tenant '%1' not found. Check to make sure you have the correct tenant ID and are "
		"signing into the correct cloud. Check with your subscription administrator, this "
		"may happen if there are no active subscriptions for the tenant." },
	{ 50059, "invalid_request", 400, NULL,
		"No tenant-identifying information found in either the request or implied by any "
		"provided credentials." },
	{ 50128, "invalid_request", 400, NULL,
		"Invalid domain name - No tenant-identifying information found in either the "
		"request or implied by any provided credentials." },
	{ 9002346, "invalid_request", 400, NULL,
		"Application is configured for use by Azure Active Directory users only. Please "
		"do not use the /consumers endpoint to serve this request." },
	{ 50196, "invalid_grant", 400, NULL,
		"The server terminated an operation because it encountered a client request loop. "
		"Please contact your app vendor." },
	{ 50033, "temporarily_unavailable", 503, NULL,
		"A transient error has occurred during authentication. Please try again." },
	{ 50087, "temporarily_unavailable", 503, NULL,
		"A transient error has occurred during signing out. Please try again." },
	{ 80001, "temporarily_unavailable", 503, NULL,
		"Authentication Agent unable to connect to "
		"Active Directory." },
	{ 80002, "temporarily_unavailable", 503, NULL,
		"Authentication Agent's password validation request timed out." },
	{ 80014, "temporarily_unavailable", 503, NULL,
		"Validation request responded after maximum elapsed time exceeded." },
	{ 90033, "temporarily_unavailable", 503, NULL,
		"A transient error has occurred. Please try again." },
	{ 90055, "temporarily_unavailable", 429, NULL,
		"Tenant throttled. There are too many "
		"incoming requests." },
	{ 0, NULL, 0, NULL, NULL },
};

/* Linear: a refusal is looked up once in a request. */
const struct token_error *token_error_find(int number)
{
	const struct token_error *e = token_errors;

	while (e->number != 0 && e->number != number)
		e++;
	return e->number != 0 ? e : NULL;
}

/* Error texts go into JSON, pages, headers and other people's logs: ASCII, and not much of it. */
char *shown(const char *s)
{
	char *out = copy_n(s, strnlen(s, SHOWN));

	for (char *p = out; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
			*p = '?';
	return out;
}

/* Not printf: the texts are data, and what fills them comes from outside. */
static void add_filled(struct text *t, const char *text, const char *a, const char *b)
{
	for (const char *p = text; *p != '\0'; p++) {
		char *value;

		if (p[0] != '%' || (p[1] != '1' && p[1] != '2')) {
			text_add(t, p, 1);
			continue;
		}
		p++;
		value = shown((*p == '1' ? a : b) != NULL ? (*p == '1' ? a : b) : "");
		text_puts(t, value);
		free(value);
	}
}

bool ask_fail(struct ask *k, int number, const char *a, const char *b)
{
	struct text t = { 0 };

	if (k->error != NULL)
		return false;
	k->error = token_error_find(number);
	text_printf(&t, "AADSTS%d: ", number);
	add_filled(&t, k->error->text, a, b);
	text_printf(&t, " Trace ID: %s Correlation ID: %s Timestamp: %s", k->trace, k->correlation,
		k->stamp);
	k->say = t.at;
	return false;
}

/* Values from outside need not be UTF-8; a document with a hole in it is still a document. */
json_t *json_safe(const char *s)
{
	json_t *j = json_string(s);

	return j != NULL ? j : json_string("");
}

void ask_json(struct ask *k, int status, json_t *j)
{
	char *s = json_dumps(j, JSON_COMPACT);

	k->a->status = status;
	k->a->type = "application/json; charset=utf-8";
	text_puts(&k->a->body, s != NULL ? s : "{}");
	free(s);
	json_decref(j);
}

/* Transient refusals say when to come back: that is what clients are tested for. */
void ask_fail_json(struct ask *k)
{
	const struct token_error *e = k->error;
	json_t *j = json_object();
	char *uri = format("https://%s/error?code=%d", k->face->host, e->number);

	json_object_set_new(j, "error", json_string(e->error));
	json_object_set_new(j, "error_description", json_safe(k->say));
	json_object_set_new(j, "error_codes", json_pack("[i]", e->number));
	json_object_set_new(j, "timestamp", json_string(k->stamp));
	json_object_set_new(j, "trace_id", json_string(k->trace));
	json_object_set_new(j, "correlation_id", json_string(k->correlation));
	json_object_set_new(j, "error_uri", json_safe(uri));
	if (e->suberror != NULL)
		json_object_set_new(j, "suberror", json_string(e->suberror));
	if (e->status == 429 || e->status == 503)
		answer_header(k->a, "Retry-After", "10");
	free(uri);
	ask_json(k, e->status, j);
}
