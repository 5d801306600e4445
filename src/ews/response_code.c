/* Response code: the table of what Exchange's codes mean.
 *
 * Rules: what a code cannot tell apart is one reason; the trouble of a server is never told as the
 * trouble of a mailbox; the usual meaning is the one where a place says nothing else. A code that
 * is not here says nothing, and no meaning is guessed from its name.
 */
#include "response_code.h"

#include <string.h>

enum { SPECIALS = 6 };

struct special {
	int is_set;
	enum response_place place;
	struct response_meaning meaning;
};

#define MEANS(reason, next)                                                                        \
	{                                                                                          \
		REASON_##reason, NEXT_##next                                                       \
	}
#define AT(place, reason, next)                                                                    \
	{                                                                                          \
		1, PLACE_##place, MEANS(reason, next)                                              \
	}
#define USUAL                                                                                      \
	{                                                                                          \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

static const struct code_row {
	const char *code;
	struct response_meaning usual;
	struct special special[SPECIALS];
} rows[] = {
	{ "NoError", MEANS(OK, NOTHING), USUAL },
	/* We asked too much of it. Whatever was asked can be asked again. */
	{ "ErrorServerBusy", MEANS(SLOWED, SLOWER), USUAL },
	{ "ErrorExceededConnectionCount", MEANS(SLOWED, SLOWER), USUAL },
	{ "ErrorExceededFindCountLimit", MEANS(SLOWED, SLOWER), USUAL },
	/* ... but what was to be written may have been written when its time was up. */
	{ "ErrorTimeoutExpired", MEANS(SLOWED, SLOWER),
		{ AT(CREATE, SERVER_DOWN, RETRY), AT(ITEM, SERVER_DOWN, RETRY),
			AT(SEND, SERVER_DOWN, RETRY) } },
	{ "ErrorExceededMessageLimit", MEANS(SLOWED, SLOWER), USUAL },
	{ "ErrorSubmissionQuotaExceeded", MEANS(SLOWED, SLOWER), USUAL },
	{ "ErrorExceededMaxRecipientLimit", MEANS(SLOWED, SLOWER), USUAL },
	{ "ErrorExceededSubscriptionCount", MEANS(SLOWED, SLOWER), USUAL },
	/* Too much at a time. */
	{ "ErrorTimeIntervalTooBig", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorMailboxDataArrayTooBig", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorIndividualMailboxLimitReached", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorResultSetTooBig", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorCalendarViewRangeTooBig", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorRequestStreamTooBig", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorDataSizeLimitExceeded", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorMultiLegacyMailboxAccess", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorInvalidPagingMaxRows", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorMessageSizeExceeded", MEANS(TOO_BIG, SMALLER), USUAL },
	{ "ErrorTooManyObjectsOpened", MEANS(SLOWED, SMALLER), USUAL },
	/* The server, or what it depends on, is in trouble. A stopped batch has left this part
	 * untried. */
	{ "ErrorBatchProcessingStopped", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInternalServerError", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInternalServerTransientError", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorServiceUnavailable", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorADOperation", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorADUnavailable", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorADSessionFilter", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorConnectionFailed", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorClientDisconnected", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorRequestAborted", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorDataSourceOperation", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInsufficientResources", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorNotEnoughMemory", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorServiceDiscoveryFailed", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorProxyServiceDiscoveryFailed", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorNoRespondingCASInDestinationSite", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorNoApplicableProxyCASServersAvailable", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorNoDestinationCASDueToKerberosRequirements", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorNoDestinationCASDueToSSLRequirements", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorNoOAuthServerAvailableForRequest", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorProxyCallFailed", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorProxyTokenExpired", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorProxySoapException", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorProxyGroupSidLimitExceeded", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorGetServerSecurityDescriptorFailed", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorLocalServerObjectNotFound", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorWin32InteropError", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorWebRequestInInvalidState", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorParsingXMLResponse", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorResponseSchemaValidation", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInvalidNetworkServiceContext", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInvalidClientSecurityContext", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInvalidProxySecurityContext", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInvalidSerializedAccessToken", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorTokenSerializationDenied", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInvalidLogonType", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorInvalidAuthorizationContext", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorUnableToGetUserOofSettings", MEANS(SERVER_DOWN, RETRY), USUAL },
	{ "ErrorReadEventsFailed", MEANS(SERVER_DOWN, RETRY), USUAL },
	/* ... but asked about a mailbox's time, it speaks of the way to where that mailbox lives.
	 */
	{ "ErrorAutoDiscoverFailed", MEANS(SERVER_DOWN, RETRY), { AT(BUSY, ELSEWHERE, NOTHING) } },
	{ "ErrorLogonAsNetworkServiceFailed", MEANS(SERVER_DOWN, RETRY),
		{ AT(BUSY, ELSEWHERE, NOTHING) } },
	{ "ErrorInvalidCrossForestCredentials", MEANS(SERVER_DOWN, RETRY),
		{ AT(BUSY, ELSEWHERE, NOTHING) } },
	{ "ErrorProxyRequestProcessingFailed", MEANS(SERVER_DOWN, RETRY),
		{ AT(BUSY, ELSEWHERE, NOTHING) } },
	{ "ErrorProxyRequestNotAllowed", MEANS(SERVER_DOWN, RETRY),
		{ AT(BUSY, ELSEWHERE, NOTHING) } },
	/* Versions. */
	{ "ErrorInvalidServerVersion", MEANS(VERSION, VERSION_DOWN), USUAL },
	{ "ErrorInvalidRequest", MEANS(VERSION, VERSION_DOWN), USUAL },
	{ "ErrorSchemaValidation", MEANS(VERSION, VERSION_DOWN), USUAL },
	{ "ErrorInvalidSchemaVersionForMailboxVersion", MEANS(VERSION, VERSION_DOWN), USUAL },
	{ "ErrorIncorrectSchemaVersion", MEANS(VERSION, VERSION_UP), USUAL },
	{ "ErrorLegacyMailboxFreeBusyViewTypeNotMerged", MEANS(UNSUPPORTED, NOTHING), USUAL },
	{ "ErrorMailTipsDisabled", MEANS(UNSUPPORTED, NOTHING), USUAL },
	{ "ErrorSubscriptionDelegateAccessNotSupported", MEANS(UNSUPPORTED, NOTHING), USUAL },
	/* The mailbox is not where we asked. */
	{ "ErrorMailboxMoveInProgress", MEANS(MOVING, MOVED), USUAL },
	{ "ErrorMailboxFailover", MEANS(UNAVAILABLE, MOVED), USUAL },
	{ "ErrorWrongServerVersion", MEANS(ELSEWHERE, MOVED), USUAL },
	{ "ErrorCrossSiteRequest", MEANS(ELSEWHERE, MOVED), USUAL },
	{ "ErrorNoDestinationCASDueToVersionMismatch", MEANS(ELSEWHERE, MOVED), USUAL },
	{ "ErrorWrongServerVersionDelegate", MEANS(ELSEWHERE, NOTHING), USUAL },
	{ "ErrorAvailabilityConfigNotFound", MEANS(ELSEWHERE, NOTHING), USUAL },
	{ "ErrorInvalidOrganizationRelationshipForFreeBusy", MEANS(ELSEWHERE, NOTHING), USUAL },
	{ "ErrorOrganizationNotFederated", MEANS(ELSEWHERE, NOTHING), USUAL },
	{ "ErrorAddressSpaceNotFound", MEANS(ELSEWHERE, NOTHING), USUAL },
	{ "ErrorTargetDomainNotSupported", MEANS(ELSEWHERE, NOTHING), USUAL },
	/* It is there, but cannot be used at the moment. */
	{ "ErrorMailboxStoreUnavailable", MEANS(UNAVAILABLE, RETRY), USUAL },
	{ "ErrorMailboxLogonFailed", MEANS(UNAVAILABLE, RETRY), USUAL },
	{ "ErrorFreeBusyGenerationFailed", MEANS(UNAVAILABLE, RETRY), USUAL },
	{ "ErrorItemSave", MEANS(UNAVAILABLE, RETRY), USUAL },
	{ "ErrorFolderSave", MEANS(UNAVAILABLE, RETRY), USUAL },
	{ "ErrorFolderSaveFailed", MEANS(UNAVAILABLE, RETRY), USUAL },
	{ "ErrorDeleteItemsFailed", MEANS(UNAVAILABLE, RETRY), USUAL },
	{ "ErrorMoveCopyFailed", MEANS(UNAVAILABLE, RETRY), USUAL },
	{ "ErrorMailboxConfiguration", MEANS(UNAVAILABLE, NOTHING), USUAL },
	{ "ErrorFolderCorrupt", MEANS(UNAVAILABLE, NOTHING), USUAL },
	{ "ErrorFolderPropertRequestFailed", MEANS(UNAVAILABLE, NOTHING), USUAL },
	{ "ErrorItemSavePropertyError", MEANS(UNAVAILABLE, NOTHING), USUAL },
	{ "ErrorFolderSavePropertyError", MEANS(UNAVAILABLE, NOTHING), USUAL },
	{ "ErrorPropertyUpdate", MEANS(UNAVAILABLE, NOTHING), USUAL },
	{ "ErrorWorkingHoursXmlMalformed", MEANS(UNAVAILABLE, NOTHING), USUAL },
	/* ... but an item that is broken stays so, and says nothing about its mailbox. */
	{ "ErrorCorruptData", MEANS(UNAVAILABLE, NOTHING), { AT(ITEM, BOOKING_INVALID, NOTHING) } },
	{ "ErrorItemCorrupt", MEANS(UNAVAILABLE, NOTHING), { AT(ITEM, BOOKING_INVALID, NOTHING) } },
	{ "ErrorItemPropertyRequestFailed", MEANS(UNAVAILABLE, NOTHING),
		{ AT(ITEM, BOOKING_INVALID, NOTHING) } },
	/* No mailbox, or a name that is none. */
	{ "ErrorNonExistentMailbox", MEANS(NO_MAILBOX, NOTHING), USUAL },
	{ "ErrorMailRecipientNotFound", MEANS(NO_MAILBOX, NOTHING), USUAL },
	{ "ErrorCannotFindUser", MEANS(NO_MAILBOX, NOTHING), USUAL },
	{ "ErrorRecipientNotFound", MEANS(NO_MAILBOX, NOTHING), USUAL },
	{ "ErrorDelegateNoUser", MEANS(NO_MAILBOX, NOTHING), USUAL },
	{ "ErrorNameResolutionNoResults", MEANS(NO_MAILBOX, NOTHING),
		{ AT(DIRECTORY, NOTHING_FOUND, NOTHING) } },
	{ "ErrorInvalidNameForNameResolution", MEANS(NOTHING_FOUND, NOTHING), USUAL },
	{ "ErrorInvalidItemForOperationExpandDL", MEANS(NOTHING_FOUND, NOTHING), USUAL },
	{ "ErrorDistributionListMemberNotExist", MEANS(NOTHING_FOUND, NOTHING), USUAL },
	{ "ErrorDelegateMissingConfiguration", MEANS(NOTHING_FOUND, NOTHING), USUAL },
	{ "ErrorNonPrimarySmtpAddress", MEANS(ALIAS, NOTHING), USUAL },
	{ "ErrorInvalidSmtpAddress", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorInvalidMailbox", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorInvalidRoutingType", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorInvalidUserPrincipalName", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorInvalidUserSid", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorInvalidUserSidMissingUPN", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorInvalidSid", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorInvalidUserInfo", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorMissingUserIdInformation", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorInvalidDelegateUserId", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorNameResolutionMultipleResults", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorFreeBusyDLLimitReached", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorDuplicateLegacyDistinguishedName", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorMissingInformationEmailAddress", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	{ "ErrorEmailAddressMismatch", MEANS(ADDRESS_REFUSED, NOTHING), USUAL },
	/* Accounts. */
	{ "ErrorMissingEmailAddress", MEANS(NO_OWN_MAILBOX, NOTHING), USUAL },
	{ "ErrorMissingExchangePrincipal", MEANS(NO_OWN_MAILBOX, NOTHING), USUAL },
	{ "ErrorNameResolutionNoMailbox", MEANS(NO_OWN_MAILBOX, NOTHING), USUAL },
	/* Who signed in is past that: it is about the mailbox, where one was asked for. */
	{ "ErrorAccountDisabled", MEANS(MAILBOX_DISABLED, NOTHING),
		{ AT(SEND, ACCOUNT_DISABLED, NOTHING), AT(DIRECTORY, ACCOUNT_DISABLED, NOTHING),
			AT(ZONES, ACCOUNT_DISABLED, NOTHING) } },
	{ "ErrorInvalidLicense", MEANS(MAILBOX_DISABLED, NOTHING),
		{ AT(SEND, ACCOUNT_DISABLED, NOTHING), AT(DIRECTORY, ACCOUNT_DISABLED, NOTHING),
			AT(ZONES, ACCOUNT_DISABLED, NOTHING) } },
	{ "ErrorCallerIsInvalidADAccount", MEANS(ACCOUNT_DISABLED, NOTHING), USUAL },
	{ "ErrorPasswordExpired", MEANS(PASSWORD_EXPIRED, NOTHING), USUAL },
	{ "ErrorPasswordChangeRequired", MEANS(PASSWORD_EXPIRED, NOTHING), USUAL },
	{ "ErrorOrganizationAccessBlocked", MEANS(EWS_REFUSED, NOTHING), USUAL },
	{ "ErrorUserNotAllowedByPolicy", MEANS(EWS_REFUSED, NOTHING), USUAL },
	/* Impersonation. */
	{ "ErrorImpersonateUserDenied", MEANS(IMPERSONATION_REFUSED, NOTHING), USUAL },
	{ "ErrorImpersonationDenied", MEANS(IMPERSONATION_REFUSED, NOTHING), USUAL },
	{ "ErrorImpersonationFailed", MEANS(IMPERSONATION_SETUP, NOTHING), USUAL },
	{ "ErrorInvalidExchangeImpersonationHeaderData", MEANS(IMPERSONATION_SETUP, NOTHING),
		USUAL },
	{ "ErrorInvalidManagementRoleHeader", MEANS(IMPERSONATION_SETUP, NOTHING), USUAL },
	/* Rights. Which one is told varies with version and right. */
	{ "ErrorAccessDenied", MEANS(EWS_REFUSED, NOTHING),
		{ AT(FOLDER, NOT_DELEGATED, NOTHING), AT(DELEGATE, OWNER_ONLY, NOTHING),
			AT(BUSY, BUSY_DENIED, NOTHING), AT(ITEM, READ_ONLY, NOTHING),
			AT(CREATE, READ_ONLY, NOTHING), AT(SEND, SENDING_REFUSED, NOTHING) } },
	{ "ErrorItemNotFound", MEANS(BOOKING_GONE, NOTHING),
		{ AT(FOLDER, NOT_DELEGATED, NOTHING), AT(DELEGATE, NOT_DELEGATED, NOTHING),
			AT(CREATE, NOT_DELEGATED, NOTHING), AT(BUSY, BUSY_DENIED, NOTHING) } },
	{ "ErrorFolderNotFound", MEANS(NOT_DELEGATED, NOTHING),
		{ AT(BUSY, BUSY_DENIED, NOTHING) } },
	{ "ErrorSavedItemFolderNotFound", MEANS(NOT_DELEGATED, NOTHING), USUAL },
	{ "ErrorParentFolderNotFound", MEANS(NOT_DELEGATED, NOTHING), USUAL },
	{ "ErrorToFolderNotFound", MEANS(NOT_DELEGATED, NOTHING), USUAL },
	{ "ErrorSyncFolderNotFound", MEANS(NOT_DELEGATED, NOTHING), USUAL },
	{ "ErrorNotDelegate", MEANS(NOT_DELEGATED, NOTHING), USUAL },
	{ "ErrorCreateItemAccessDenied", MEANS(READ_ONLY, NOTHING), USUAL },
	{ "ErrorCannotDeleteObject", MEANS(READ_ONLY, NOTHING), USUAL },
	{ "ErrorNoFreeBusyAccess", MEANS(BUSY_DENIED, NOTHING), USUAL },
	{ "ErrorSendAsDenied", MEANS(SENDING_REFUSED, NOTHING), USUAL },
	{ "ErrorMessageSubmissionBlocked", MEANS(SENDING_REFUSED, NOTHING), USUAL },
	{ "ErrorMessageBlocked", MEANS(SENDING_REFUSED, NOTHING), USUAL },
	{ "ErrorAccountSuspend", MEANS(SENDING_REFUSED, NOTHING), USUAL },
	{ "ErrorAccountSuspendShowTierUpgrade", MEANS(SENDING_REFUSED, NOTHING), USUAL },
	/* Calendars and bookings. */
	{ "ErrorNoCalendar", MEANS(NO_CALENDAR, NOTHING), USUAL },
	{ "ErrorCalendarFolderIsInvalidForCalendarView", MEANS(NO_CALENDAR, NOTHING), USUAL },
	{ "ErrorCannotCreateCalendarItemInNonCalendarFolder", MEANS(NO_CALENDAR, NOTHING), USUAL },
	{ "ErrorQuotaExceeded", MEANS(MAILBOX_FULL, NOTHING), USUAL },
	{ "ErrorMessagePerFolderCountReceiveQuotaExceeded", MEANS(MAILBOX_FULL, NOTHING), USUAL },
	{ "ErrorIrresolvableConflict", MEANS(BOOKING_CHANGED, AGAIN_FRESH), USUAL },
	{ "ErrorStaleObject", MEANS(BOOKING_CHANGED, AGAIN_FRESH), USUAL },
	{ "ErrorObjectTypeChanged", MEANS(BOOKING_CHANGED, AGAIN_FRESH), USUAL },
	{ "ErrorInvalidChangeKey", MEANS(BOOKING_CHANGED, AGAIN_FRESH), USUAL },
	{ "ErrorChangeKeyRequired", MEANS(BOOKING_CHANGED, AGAIN_FRESH), USUAL },
	{ "ErrorChangeKeyRequiredForWriteOperations", MEANS(BOOKING_CHANGED, AGAIN_FRESH), USUAL },
	{ "ErrorInvalidSyncStateData", MEANS(BOOKING_CHANGED, AGAIN_FRESH), USUAL },
	{ "ErrorCalendarCannotUpdateDeletedItem", MEANS(BOOKING_GONE, NOTHING), USUAL },
	{ "ErrorCalendarOccurrenceIsDeletedFromRecurrence", MEANS(BOOKING_GONE, NOTHING), USUAL },
	{ "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", MEANS(BOOKING_GONE, NOTHING),
		USUAL },
	{ "ErrorInvalidId", MEANS(INTERNAL, NOTHING), { AT(ITEM, BOOKING_GONE, NOTHING) } },
	{ "ErrorInvalidIdMalformed", MEANS(INTERNAL, NOTHING),
		{ AT(ITEM, BOOKING_GONE, NOTHING) } },
	{ "ErrorInvalidIdMalformedEwsLegacyIdFormat", MEANS(INTERNAL, NOTHING),
		{ AT(ITEM, BOOKING_GONE, NOTHING) } },
	{ "ErrorCalendarIsNotOrganizer", MEANS(NOT_ORGANIZER, NOTHING), USUAL },
	{ "ErrorCalendarEndDateIsEarlierThanStartDate", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorCalendarDurationIsTooLong", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorCalendarOutOfRange", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorCalendarInvalidTimeZone", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorCalendarInvalidAttributeValue", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorCalendarInvalidPropertyState", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorCalendarInvalidPropertyValue", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorCalendarInvalidRecurrence", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorInvalidPropertySet", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorInvalidPropertyForOperation", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorInvalidValueForProperty", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorInvalidArgument", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorPropertyValidationFailure", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorRequiredPropertyMissing", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorValueOutOfRange", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorContentConversionFailed", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorInvalidItemForOperationCancelItem", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorInvalidReferenceItem", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorCalendarIsCancelledForRemove", MEANS(BOOKING_INVALID, NOTHING), USUAL },
	{ "ErrorInvalidRecipients", MEANS(BOOKING_INVALID, NOTHING),
		{ AT(SEND, ADDRESS_REFUSED, NOTHING) } },
	{ "ErrorMissingRecipients", MEANS(BOOKING_INVALID, NOTHING),
		{ AT(SEND, ADDRESS_REFUSED, NOTHING) } },
	{ "ErrorTimeZone", MEANS(INTERNAL, NOTHING),
		{ AT(CREATE, BOOKING_INVALID, NOTHING), AT(ITEM, BOOKING_INVALID, NOTHING) } },
	/* What only a mistake of ours brings about. */
	{ "ErrorMoreThanOneAccessModeSpecified", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorAccessModeSpecified", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorDuplicateSOAPHeader", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorMissingArgument", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorMailboxDataArrayEmpty", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidTimeInterval", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidFreeBusyViewType", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidMergedFreeBusyInterval", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidIdEmpty", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidIdXml", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidIdMonikerTooLong", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidIdStoreObjectIdTooLong", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorCannotUseFolderIdForItemId", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorCannotUseItemIdForFolderId", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidFolderId", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidFolderTypeForOperation", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidParentFolder", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorParentFolderIdRequired", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidOperation", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidRestriction", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorRestrictionTooComplex", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorRestrictionTooLong", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorUnsupportedPathForQuery", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorUnsupportedPathForSortGroup", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorUnsupportedQueryFilter", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorUnsupportedPropertyDefinition", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorUnsupportedMapiPropertyType", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorUnsupportedTypeForConversion", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidIndexedPagingParameters", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidFractionalPagingParameters", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorContainsFilterWrongType", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidPropertyForExists", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidPropertyRequest", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidPropertyDelete", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidPropertyAppend", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidPropertyUpdateSentMessage", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorNoPropertyTagForCustomProperties", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidExtendedProperty", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidExtendedPropertyValue", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorIncorrectUpdatePropertyCount", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorUpdatePropertyMismatch", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorSendMeetingInvitationsRequired", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorSendMeetingInvitationsOrCancellationsRequired", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorSendMeetingCancellationsRequired", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorMessageDispositionRequired", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidSendItemSaveSettings", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidItemForOperationCreateItem", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidItemForOperationSendItem", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorMissingInformationReferenceItemId", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorCalendarCannotUseIdForOccurrenceId", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorCalendarCannotUseIdForRecurringMasterId", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorUnsupportedCulture", MEANS(INTERNAL, NOTHING), USUAL },
	{ "ErrorInvalidAccessLevel", MEANS(INTERNAL, NOTHING), USUAL },
};

static const struct code_row *find(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!strcmp(rows[i].code, code))
			return &rows[i];
	}
	return NULL;
}

struct response_meaning response_code_meaning(const char *code, enum response_place place)
{
	static const struct response_meaning unknown = MEANS(BAD_ANSWER, NOTHING);
	const struct code_row *row = find(code);
	int i;

	if (!row)
		return unknown;
	for (i = 0; i < SPECIALS && row->special[i].is_set; i++) {
		if (row->special[i].place == place)
			return row->special[i].meaning;
	}
	return row->usual;
}

const char *response_code_at(size_t i)
{
	return i < sizeof(rows) / sizeof(*rows) ? rows[i].code : NULL;
}
