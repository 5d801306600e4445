/* Reason, the rows about the way to the server and about what answers there.
 *
 * Rule: these are reasons of a connection. They say nothing about anybody's calendar.
 */
#include "reason_table.h"

const struct reason_row reason_server_rows[REASON__MAX] = {
	[REASON_OK] = {
		.code = "ok",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_LASTING,
		.title = "Works",
		.say = "Everything that was looked at works.",
		.why = "",
		.steps = "",
		.command = "",
		.wait = "",
	},
	[REASON_NAME_NOT_FOUND] = {
		.code = "name_not_found",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Server name not found",
		.say = "No server of this name exists, as far as the name service that "
			"this machine asks can tell.",
		.why = "The name is misspelled, or it is known inside the organisation's "
			"network only.",
		.steps = "Check the spelling of the server address; your Exchange admin "
			"knows it.\n"
			"Network admin: make the name known to the name servers that this "
			"machine uses.",
		.command = "",
		.wait = "up to a day after a name was changed",
	},
	[REASON_DNS_FAILED] = {
		.code = "dns_failed",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_NETWORK,
		.temper = TEMPER_PASSING,
		.title = "Name service does not answer",
		.say = "The name service did not answer, so it is not known where the "
			"server is.",
		.why = "The name servers that this machine uses are down, cannot be "
			"reached, or answer with errors.",
		.steps = "Check the name servers in /etc/resolv.conf of this machine.\n"
			"Let this machine reach them on port 53, UDP and TCP.",
		.command = "",
		.wait = "",
	},
	[REASON_NOT_ALLOWED] = {
		.code = "address_not_allowed",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_OPS,
		.temper = TEMPER_LASTING,
		.title = "Address not allowed",
		.say = "Latchkey does not connect to destinations of this kind, so "
			"nothing was sent.",
		.why = "The address belongs to a network that is closed by default, such "
			"as this machine itself or an inner network that is not on the "
			"list of allowed destinations.",
		.steps = "Check that the server address is right.\n"
			"See what is refused and why: latchkey egress check HOST:PORT\n"
			"If it is your Exchange server, allow it: latchkey egress allow "
			"HOST PORT",
		.command = "",
		.wait = "",
	},
	[REASON_UNREACHABLE] = {
		.code = "unreachable",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_NETWORK,
		.temper = TEMPER_PASSING,
		.title = "Server cannot be reached",
		.say = "The server took no connection.",
		.why = "It is switched off, nothing listens on that port, or a firewall "
			"in between says no. Where a web proxy is on the way, it may be "
			"the proxy that takes no connection.",
		.steps = "Check the server address and the port; the usual port is 443.\n"
			"Allow connections from this machine to the server, or to the "
			"proxy, in every firewall in between.\n"
			"Exchange admin: check that the web server of Exchange (IIS) runs.",
		.command = "",
		.wait = "",
	},
	[REASON_TIMED_OUT] = {
		.code = "timed_out",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_NETWORK,
		.temper = TEMPER_PASSING,
		.title = "No answer in time",
		.say = "The server did not answer in time. Latchkey tries again by itself.",
		.why = "It is overloaded, or a firewall drops what is sent.",
		.steps = "Allow connections from this machine to the server in every "
			"firewall in between.\n"
			"Exchange admin: look at the load of the server and of a load "
			"balancer in front of it.",
		.command = "",
		.wait = "",
	},
	[REASON_CONNECTION_LOST] = {
		.code = "connection_lost",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_NETWORK,
		.temper = TEMPER_PASSING,
		.title = "Connection broke off",
		.say = "The connection ended in the middle of an answer. Latchkey tries "
			"again by itself.",
		.why = "The server or a device in between was restarted, or it cuts "
			"connections that live long.",
		.steps = "If it happens often, look at the time limits of load balancers, "
			"proxies and firewalls in between; an answer can take 100 seconds.\n"
			"Exchange admin: look in the event log for restarts of the web "
			"server.",
		.command = "",
		.wait = "",
	},
	[REASON_PROXY_REFUSED] = {
		.code = "proxy_refused",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_OPS,
		.temper = TEMPER_LASTING,
		.title = "Proxy says no",
		.say = "The web proxy on the way did not let the request through.",
		.why = "It wants another sign-in, does not know the server, or forbids it.",
		.steps = "Check the proxy's name, port and sign-in in the configuration of "
			"this machine.\n"
			"Network admin: let the proxy pass connections to the server on "
			"its port.",
		.command = "",
		.wait = "",
	},
	[REASON_TLS_UNTRUSTED] = {
		.code = "tls_untrusted",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Certificate not trusted",
		.say = "The server showed a certificate that this machine does not trust. "
			"Nothing secret was sent.",
		.why = "It was issued by the organisation's own authority, a certificate "
			"in the chain is missing, or a device in between opens encrypted "
			"connections.",
		.steps = "Ask the Exchange admin for the certificate of the issuing "
			"authority and add it to the connection.\n"
			"Exchange admin: let the server send its whole chain of "
			"certificates.\n"
			"Network admin: let connections from this machine to the server "
			"pass unopened.",
		.command = "",
		.wait = "",
	},
	[REASON_TLS_NAME] = {
		.code = "tls_name_mismatch",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Certificate is for another name",
		.say = "The server showed a certificate that was issued for another name. "
			"Nothing secret was sent.",
		.why = "The server address is not one of the names in the certificate, or "
			"another server answers there.",
		.steps = "Use a server name that the certificate has; the connection test "
			"lists them.\n"
			"Exchange admin: issue a certificate that has this name.",
		.command = "",
		.wait = "",
	},
	[REASON_TLS_EXPIRED] = {
		.code = "tls_expired",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Certificate expired",
		.say = "The server's certificate is not valid today. Nothing secret was "
			"sent.",
		.why = "It has run out, it begins in the future, or the clock of this "
			"machine is wrong.",
		.steps = "Renew the certificate of the web site on every server that "
			"answers under this name.\n"
			"Ops: check the clock of this machine with: timedatectl",
		.command = "",
		.wait = "",
	},
	[REASON_TLS_FAILED] = {
		.code = "tls_failed",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "No secure connection",
		.say = "The server and Latchkey found no common way to encrypt.",
		.why = "The server knows only versions of TLS older than 1.2, as "
			"unpatched Exchange 2007 and 2010 do, or what answers on that port "
			"does not speak TLS.",
		.steps = "Check the port; the usual port is 443.\n"
			"Switch on TLS 1.2 in Windows on the Exchange server, and restart "
			"it.\n"
			"If the server cannot do TLS 1.2, put a reverse proxy in front of "
			"it that can.",
		.command = "",
		.wait = "",
	},
	[REASON_NOT_EXCHANGE] = {
		.code = "not_exchange",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Not an Exchange server",
		.say = "Something answers at this address, but not as Exchange does.",
		.why = "The address is that of a web site, of a sign-in page of the "
			"network, or of another product.",
		.steps = "Ask your Exchange admin for the address of Exchange Web Services; "
			"it ends in /EWS/Exchange.asmx.\n"
			"Network admin: let connections from this machine pass without a "
			"sign-in page.",
		.command = "Get-WebServicesVirtualDirectory | Format-List "
			"Identity,InternalUrl,ExternalUrl",
		.wait = "",
	},
	[REASON_PREAUTHENTICATION] = {
		.code = "preauthentication",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_NETWORK,
		.temper = TEMPER_LASTING,
		.title = "A sign-in page stands in front",
		.say = "Instead of Exchange, a sign-in page for people answered. A "
			"program cannot pass it.",
		.why = "The server is published through a gateway that signs people in "
			"before it lets them through.",
		.steps = "Let requests to /EWS/ and /autodiscover/ pass the gateway without "
			"its own sign-in, or only those from the address of this machine.\n"
			"Account admin: if there is an inner server address without the "
			"gateway, use that one.",
		.command = "",
		.wait = "",
	},
	[REASON_NO_EWS] = {
		.code = "no_ews",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Exchange Web Services not found",
		.say = "A web server answers, but it has no Exchange Web Services (EWS, "
			"the way in for programs) at this address.",
		.why = "The server address is not that of an Exchange server with "
			"mailboxes, or the EWS directory is missing.",
		.steps = "Look up the right address with the command below, and give it to "
			"the account admin.\n"
			"If the directory is missing on the server, create it with "
			"New-WebServicesVirtualDirectory.",
		.command = "Get-WebServicesVirtualDirectory | Format-List "
			"Identity,InternalUrl,ExternalUrl",
		.wait = "",
	},
	[REASON_REDIRECTED] = {
		.code = "redirected",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Server sends on",
		.say = "The server sends on to another address. Latchkey never takes a "
			"password there by itself.",
		.why = "The mailbox is served from another address, or a rule of the web "
			"site sends everybody on.",
		.steps = "If you know the address that is named, enter it as the server "
			"address and test again.\n"
			"Exchange admin: take /EWS/ out of the redirect rules of the web "
			"site.",
		.command = "",
		.wait = "",
	},
	[REASON_EWS_REFUSED] = {
		.code = "ews_refused",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Exchange refuses programs",
		.say = "The sign-in is known, but Exchange does not let it use Exchange "
			"Web Services (EWS, the way in for programs).",
		.why = "One of these, which cannot be told apart from here: EWS is "
			"switched off for the organisation or for the dedicated mailbox; "
			"only listed programs are allowed and Latchkey is not listed; the "
			"mailbox has no licence that includes EWS; or Microsoft has "
			"switched EWS off for this organisation in Office 365.",
		.steps = "Look at both settings with the first two commands: the "
			"organisation and the mailbox must both allow EWS.\n"
			"If a list of allowed programs is enforced, add Latchkey/* to it. "
			"In Office 365, list the application id under EwsAllowedAppIDs.\n"
			"In Office 365, give the dedicated mailbox a licence with Exchange "
			"Online Plan 1 or higher.\n"
			"In Office 365, EWS ends on 1 April 2027: move the connection to "
			"Microsoft Graph before.",
		.command = "Get-OrganizationConfig | Format-List Ews*\n"
			"Get-CASMailbox -Identity '{mailbox}' | Format-List Ews*\n"
			"Set-CASMailbox -Identity '{mailbox}' -EwsEnabled $true\n"
			"Set-OrganizationConfig -EwsAllowList @{Add='Latchkey/*'}",
		.wait = "up to 2 hours",
	},
	[REASON_SERVER_DOWN] = {
		.code = "server_down",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_PASSING,
		.title = "Exchange is not working",
		.say = "The server answers, but says that it cannot work at the moment. "
			"Latchkey tries again by itself.",
		.why = "It is starting, a service behind it is down, or it is being "
			"maintained.",
		.steps = "If it lasts longer than half an hour, look at the Exchange "
			"services and the application pools of the web server.",
		.command = "Test-ServiceHealth",
		.wait = "",
	},
	[REASON_SLOWED] = {
		.code = "slowed",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_PASSING,
		.title = "Slowed by Exchange",
		.say = "Exchange asked to be asked less often. Latchkey waits as long as "
			"it was told and goes on by itself; nothing is lost.",
		.why = "Exchange gives each mailbox a share of its time, and the share is "
			"used up.",
		.steps = "Nothing has to be done. Exchange admin, on a server of your own: "
			"a larger share can be given with the commands below.",
		.command = "New-ThrottlingPolicy -Name 'Latchkey' -EwsMaxConcurrency 60 "
			"-ThrottlingPolicyScope Regular\n"
			"Set-ThrottlingPolicyAssociation -Identity '{mailbox}' "
			"-ThrottlingPolicy 'Latchkey'",
		.wait = "some minutes",
	},
	[REASON_VERSION] = {
		.code = "version_unsupported",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Exchange version too old",
		.say = "This Exchange server does not understand what Latchkey has to ask.",
		.why = "It is older than Exchange 2007 Service Pack 1, or the mailbox "
			"lives on such a server.",
		.steps = "Install the newest service pack, or move the mailbox to a newer "
			"server.\n"
			"See which server has which version with the command below.",
		.command = "Get-ExchangeServer | Format-List Name,AdminDisplayVersion",
		.wait = "",
	},
	[REASON_BAD_ANSWER] = {
		.code = "bad_answer",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_OPS,
		.temper = TEMPER_PASSING,
		.title = "Answer not understood",
		.say = "The server answered with something that is no proper answer of "
			"Exchange. Latchkey tries again by itself.",
		.why = "A device in between changed or cut the answer, the server had an "
			"error, or it is of a kind that Latchkey does not know.",
		.steps = "If it stays so, test and look at the trace: latchkey ews test "
			"--connection ID --trace FILE\n"
			"Network admin: let answers of the server pass unchanged.",
		.command = "",
		.wait = "",
	},
	[REASON_TOO_BIG] = {
		.code = "answer_too_big",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_OPS,
		.temper = TEMPER_LASTING,
		.title = "Answer too large",
		.say = "The server's answer was larger than Latchkey reads. It was not "
			"used.",
		.why = "Something in between sends a file instead of an answer, or one "
			"calendar holds very many events.",
		.steps = "Test and look at the trace: latchkey ews test --connection ID --trace "
			"FILE",
		.command = "",
		.wait = "",
	},
	[REASON_INTERNAL] = {
		.code = "internal",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_OPS,
		.temper = TEMPER_LASTING,
		.title = "Error in Latchkey",
		.say = "Latchkey itself made an error. What was known before still stands.",
		.why = "",
		.steps = "Look into the log of the engine: journalctl -u latchkeyd\n"
			"Check the installation: latchkey doctor",
		.command = "",
		.wait = "",
	},
	[REASON_NO_SERVER] = {
		.code = "server_not_found",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "No server found",
		.say = "The domain of the mailbox does not tell where its Exchange server "
			"is.",
		.why = "The lookup that programs like Outlook use (Autodiscover) is not "
			"set up for the domain, or it works inside the organisation's "
			"network only.",
		.steps = "Ask your Exchange admin for the server address and enter it by "
			"hand.\n"
			"Exchange admin: publish the name autodiscover in the domain of "
			"the mailbox.",
		.command = "",
		.wait = "up to a day after a name was changed",
	},
	[REASON_CONSENT_NEEDED] = {
		.code = "host_needs_consent",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Waiting for your agreement",
		.say = "The lookup leads to a server outside the domain of the mailbox. "
			"Nothing is sent there before you agree.",
		.why = "Many organisations have their mailboxes with a provider; so this "
			"can be right. A wrong or forged entry looks the same.",
		.steps = "Compare the name with the one your Exchange admin or provider "
			"gave you.\n"
			"If it is right, agree to it by name in the connection; if not, "
			"enter the server address by hand.",
		.command = "",
		.wait = "",
	},
};
