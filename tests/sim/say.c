/*
 * Say: the texts that go with response codes, in the languages real servers answer in. Clients must
 * never look at them: they are here so that tests find out who does.
 */
#include "sim/soap.h"

#include <stdlib.h>
#include <string.h>

enum { EN, DE, FR, RU, JA, LANGUAGES };
static const char *const languages[LANGUAGES] = { "en", "de", "fr", "ru", "ja" };

/* Sorted by code. A missing language says it in English. */
static const struct saying {
	const char *code;
	const char *text[LANGUAGES];
} sayings[] = {
	{ "ErrorAccessDenied",
		{ "Access is denied. Check credentials and try again.",
			"Der Zugriff wurde verweigert. Überprüfen Sie die Anmeldeinformationen und "
			"versuchen Sie es erneut.",
			"Accès refusé. Vérifiez les informations d'identification et réessayez.",
			"Доступ запрещен. Проверьте учетные данные и повторите попытку.",
			"アクセスが拒否されました。資格情報を確認して、もう一度やり直してください"
			"。" } },
	{ "ErrorCalendarCannotUseIdForRecurringMasterId",
		{ "The ID does not belong to a recurring calendar item." } },
	{ "ErrorCalendarDurationIsTooLong",
		{ "The duration specified for the calendar item is too long." } },
	{ "ErrorCalendarEndDateIsEarlierThanStartDate",
		{ "EndDate is earlier than StartDate", "Das Enddatum liegt vor dem Startdatum.",
			"La date de fin est antérieure à la date de début.",
			"Дата окончания предшествует дате начала.",
			"終了日が開始日より前です。" } },
	{ "ErrorCalendarIsNotOrganizer",
		{ "The user is not the organizer of the calendar item." } },
	{ "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
		{ "Occurrence with this index does not exist in this recurrence." } },
	{ "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
		{ "Occurrence with this index was previously deleted from the recurrence." } },
	{ "ErrorCalendarViewRangeTooBig",
		{ "The specified view range exceeds the maximum range of two years." } },
	{ "ErrorChangeKeyRequired",
		{ "The change key passed in the request does not match the current change key for "
		  "the item." } },
	{ "ErrorChangeKeyRequiredForWriteOperations",
		{ "A change key is required for this operation.",
			"Für diesen Vorgang ist ein Änderungsschlüssel erforderlich." } },
	{ "ErrorCorruptData", { "Data is corrupt." } },
	{ "ErrorCreateItemAccessDenied",
		{ "The user does not have the right to create items in the folder.",
			"Der Benutzer ist nicht berechtigt, Elemente im Ordner zu erstellen.",
			"L'utilisateur n'a pas le droit de créer des éléments dans le dossier.",
			"У пользователя нет прав на создание элементов в папке.",
			"ユーザーには、フォルダーにアイテムを作成する権限がありません。" } },
	{ "ErrorDelegateAlreadyExists",
		{ "The delegate already exists in the list.",
			"Die Stellvertretung ist bereits in der Liste vorhanden." } },
	{ "ErrorDelegateCannotAddOwner",
		{ "The owner of the mailbox cannot be added as a delegate." } },
	{ "ErrorDelegateMissingConfiguration",
		{ "Delegate is not configured properly.",
			"Die Stellvertretung ist nicht richtig konfiguriert.",
			"Le délégué n'est pas correctement configuré." } },
	{ "ErrorDelegateNoUser",
		{ "The delegate does not map to a user in the Active Directory." } },
	{ "ErrorDelegateValidationFailed", { "Delegate user id or permissions are not valid." } },
	{ "ErrorDeleteDistinguishedFolder", { "Distinguished folders cannot be deleted." } },
	{ "ErrorDuplicateUserIdsSpecified", { "Duplicate user ids were specified." } },
	{ "ErrorExceededConnectionCount",
		{ "You have exceeded the available concurrent connections for your account. Try "
		  "again once your other requests have completed." } },
	{ "ErrorFolderExists",
		{ "A folder with the specified name already exists.",
			"Ein Ordner mit dem angegebenen Namen ist bereits vorhanden." } },
	{ "ErrorFolderNotFound",
		{ "The specified folder could not be found in the store.",
			"Der angegebene Ordner wurde im Speicher nicht gefunden.",
			"Le dossier spécifié est introuvable dans la banque d'informations.",
			"Указанная папка не найдена в хранилище.",
			"指定されたフォルダーがストアに見つかりませんでした。" } },
	{ "ErrorFolderSave", { "Folder save failed." } },
	{ "ErrorImpersonateUserDenied",
		{ "The account does not have permission to impersonate the requested user.",
			"Das Konto besitzt nicht die Berechtigung zum Identitätswechsel für den "
			"angeforderten Benutzer.",
			"Le compte ne dispose pas de l'autorisation d'emprunter l'identité de "
			"l'utilisateur demandé.",
			"У учетной записи нет разрешения на олицетворение запрошенного "
			"пользователя.",
			"このアカウントには、要求されたユーザーを偽装するアクセス許可がありません"
			"。" } },
	{ "ErrorImpersonationDenied",
		{ "The server to which the application is connected cannot impersonate the "
		  "requested user due to insufficient permission." } },
	{ "ErrorImpersonationFailed",
		{ "Exchange Web Services are not currently available for this request because the "
		  "impersonation failed." } },
	{ "ErrorIncorrectSchemaVersion",
		{ "The request is valid but does not specify the correct server version in the "
		  "RequestServerVersion SOAP header. Ensure that the RequestServerVersion SOAP "
		  "header is set with the correct RequestServerVersionValue." } },
	{ "ErrorIncorrectUpdatePropertyCount",
		{ ("An object within a change description must contain one and only one property "
		   "to modify.") } },
	{ "ErrorInternalServerError",
		{ "An internal server error occurred. The operation failed.",
			("Ein interner Serverfehler ist aufgetreten. Der Vorgang ist "
			 "fehlgeschlagen."),
			"Une erreur interne du serveur s'est produite. L'opération a échoué.",
			"Произошла внутренняя ошибка сервера. Сбой операции.",
			"内部サーバー エラーが発生しました。操作に失敗しました。" } },
	{ "ErrorInvalidChangeKey", { "The change key is invalid." } },
	{ "ErrorInvalidDelegatePermission", { "The delegate permission is not valid." } },
	{ "ErrorInvalidDelegateUserId", { "The delegate user id is not valid." } },
	{ "ErrorInvalidExchangeImpersonationHeaderData",
		{ "ExchangeImpersonation header data is not valid." } },
	{ "ErrorInvalidExtendedProperty", { "Extended property is invalid." } },
	{ "ErrorInvalidFolderId", { "The folder id is invalid." } },
	{ "ErrorInvalidId", { "Id is invalid." } },
	{ "ErrorInvalidIdEmpty", { "Id must be non-empty." } },
	{ "ErrorInvalidIdMalformed",
		{ "Id is malformed.", "Die ID hat ein ungültiges Format.",
			"L'identificateur est incorrect.", "Идентификатор имеет неверный формат.",
			"ID の形式が正しくありません。" } },
	{ "ErrorInvalidPermissionSettings",
		{ "The permission settings are not valid: single rights are only given with the "
		  "Custom permission level." } },
	{ "ErrorInvalidPropertySet", { "Set action is invalid for property." } },
	{ "ErrorInvalidRecipients",
		{ "At least one recipient is not valid.",
			"Mindestens ein Empfänger ist nicht gültig.",
			"Au moins un destinataire n'est pas valide.",
			"По крайней мере один из получателей недопустим.",
			"少なくとも 1 人の受信者が有効ではありません。" } },
	{ "ErrorInvalidRequest",
		{ "The request is invalid.", "Die Anforderung ist ungültig.",
			"La demande n'est pas valide.", "Недопустимый запрос.",
			"要求が無効です。" } },
	{ "ErrorInvalidServerVersion",
		{ "The specified server version is invalid.",
			"Die angegebene Serverversion ist ungültig.",
			"La version de serveur spécifiée n'est pas valide.",
			"Указана недопустимая версия сервера.",
			"指定されたサーバーのバージョンが無効です。" } },
	{ "ErrorInvalidSmtpAddress",
		{ "The SMTP address format is invalid.", "Das SMTP-Adressformat ist ungültig.",
			"Le format de l'adresse SMTP n'est pas valide.",
			"Недопустимый формат SMTP-адреса.", "SMTP アドレスの形式が無効です。" } },
	{ "ErrorInvalidSyncStateData", { "Sync state data is corrupt or otherwise invalid." } },
	{ "ErrorInvalidUserInfo", { "The user information is invalid." } },
	{ "ErrorInvalidUserPrincipalName", { "The user principal name is invalid." } },
	{ "ErrorInvalidUserSid", { "The user SID is invalid." } },
	{ "ErrorIrresolvableConflict",
		{ "The send or update operation could not be performed because the change key "
		  "passed in the request does not match the current change key for the item." } },
	{ "ErrorItemNotFound",
		{ "The specified object was not found in the store.",
			"Das angegebene Objekt wurde im Speicher nicht gefunden.",
			"L'objet spécifié est introuvable dans la banque d'informations.",
			"Указанный объект не найден в хранилище.",
			"指定されたオブジェクトはストアに見つかりませんでした。" } },
	{ "ErrorMailRecipientNotFound",
		{ "Unable to resolve e-mail address to an Active Directory object.",
			"Die E-Mail-Adresse kann nicht in ein Active Directory-Objekt aufgelöst "
			"werden.",
			"Impossible de résoudre l'adresse de messagerie en objet Active Directory.",
			"Не удается сопоставить адрес электронной почты с объектом Active "
			"Directory.",
			"電子メール アドレスを Active Directory オブジェクトに解決できません。" } },
	{ "ErrorMailboxDataArrayTooBig", { "The mailbox data array is too big." } },
	{ "ErrorMailboxMoveInProgress",
		{ "The mailbox you're trying to access is currently being moved and is "
		  "unavailable. Please try again later.",
			"Das Postfach wird zurzeit verschoben und ist nicht verfügbar. Versuchen "
			"Sie es später erneut." } },
	{ "ErrorMailboxStoreUnavailable",
		{ "The mailbox database is temporarily unavailable.",
			"Die Postfachdatenbank ist vorübergehend nicht verfügbar." } },
	{ "ErrorMissingEmailAddress",
		{ "When making a request as an account that does not have a mailbox, you must "
		  "specify the mailbox primary SMTP address for any distinguished folder Ids.",
			"Wenn Sie eine Anforderung mit einem Konto ohne Postfach senden, müssen "
			"Sie die primäre SMTP-Adresse des Postfachs angeben." } },
	{ "ErrorMissingUserIdInformation", { "The user id information is missing." } },
	{ "ErrorMoreThanOneAccessModeSpecified",
		{ "More than one access mode was specified in the request headers." } },
	{ "ErrorNameResolutionMultipleResults",
		{ "Multiple results were found.", "Es wurden mehrere Ergebnisse gefunden.",
			"Plusieurs résultats ont été trouvés.", "Найдено несколько результатов.",
			"複数の結果が見つかりました。" } },
	{ "ErrorNameResolutionNoMailbox",
		{ "The caller does not have a mailbox to resolve names in." } },
	{ "ErrorNameResolutionNoResults",
		{ "No results were found.", "Es wurden keine Ergebnisse gefunden.",
			"Aucun résultat trouvé.", "Результаты не найдены.",
			"結果が見つかりませんでした。" } },
	{ "ErrorNoFreeBusyAccess",
		{ ("Microsoft.Exchange.InfoWorker.Common.Availability.NoFreeBusyAccessException: "
		   "The caller does not have access to free/busy data."),
			"Der Aufrufer hat keinen Zugriff auf die Frei/Gebucht-Daten.",
			"L'appelant n'a pas accès aux informations de disponibilité.",
			"У вызывающего нет доступа к сведениям о занятости.",
			"呼び出し元には空き時間情報へのアクセス権がありません。" } },
	{ "ErrorNonExistentMailbox",
		{ "The SMTP address has no mailbox associated with it.",
			"Der SMTP-Adresse ist kein Postfach zugeordnet.",
			"Aucune boîte aux lettres n'est associée à l'adresse SMTP.",
			"С SMTP-адресом не связан ни один почтовый ящик.",
			"SMTP アドレスに関連付けられたメールボックスがありません。" } },
	{ "ErrorNonPrimarySmtpAddress",
		{ "Use the primary SMTP address of the account.",
			"Verwenden Sie die primäre SMTP-Adresse des Kontos." } },
	{ "ErrorNotDelegate",
		{ "The user is not a delegate for the mailbox.",
			"Der Benutzer ist keine Stellvertretung für das Postfach.",
			"L'utilisateur n'est pas délégué de la boîte aux lettres." } },
	{ "ErrorProxyRequestProcessingFailed",
		{ "Proxy web request failed. The remote server returned an error: (404) Not "
		  "Found." } },
	{ "ErrorSavedItemFolderNotFound",
		{ "The SavedItemFolderId folder was not found.",
			"Der Ordner für das gespeicherte Element wurde nicht gefunden." } },
	{ "ErrorSchemaValidation",
		{ "The request failed schema validation:",
			"Fehler bei der Schemavalidierung der Anforderung:",
			"Échec de la validation du schéma de la demande :",
			"Сбой проверки схемы запроса:", "要求のスキーマ検証に失敗しました:" } },
	{ "ErrorSendAsDenied",
		{ "The user account which was used to submit this request does not have the right "
		  "to send mail on behalf of the specified sending account.",
			"Das Benutzerkonto, mit dem diese Anforderung gesendet wurde, besitzt "
			"nicht das Recht, E-Mails im Auftrag des angegebenen Kontos zu senden.",
			"Le compte d'utilisateur n'est pas autorisé à envoyer du courrier de la "
			"part du compte d'envoi spécifié.",
			"Учетная запись не имеет права отправлять почту от имени указанной "
			"учетной записи.",
			"ユーザー "
			"アカウントには、指定された送信アカウントの代理で送信する権利がありません"
			"。" } },
	{ "ErrorSendMeetingCancellationsRequired",
		{ "SendMeetingCancellations attribute is required for Calendar items." } },
	{ "ErrorSendMeetingInvitationsOrCancellationsRequired",
		{ "SendMeetingInvitationsOrCancellations attribute is required for calendar "
		  "items." } },
	{ "ErrorSendMeetingInvitationsRequired",
		{ "SendMeetingInvitations attribute is required for calendar items." } },
	{ "ErrorServerBusy",
		{ "The server cannot service this request right now. Try again later.",
			"Der Server kann diese Anforderung zurzeit nicht verarbeiten. Versuchen "
			"Sie es später erneut.",
			"Le serveur ne peut pas traiter cette demande pour l'instant. Réessayez "
			"plus tard.",
			"Сервер не может обработать этот запрос. Повторите попытку позже.",
			"サーバーは現在この要求を処理できません。後でもう一度やり直してください"
			"。" } },
	{ "ErrorSyncFolderNotFound",
		{ "The folder specified for synchronization was not found." } },
	{ "ErrorTimeIntervalTooBig",
		{ "The requested time duration specified for FreeBusyViewOptions.TimeWindow is "
		  "not within the allowed limits." } },
	{ "ErrorTimeZone", { "Time zone specified is invalid." } },
	{ "ErrorTokenSerializationDenied",
		{ "The caller does not have the right to serialize a security context." } },
	{ "ErrorUpdatePropertyMismatch",
		{ "The property path does not match the property that is set." } },
	{ "ErrorWrongServerVersionDelegate",
		{ "The delegate and the owner are on servers of different versions." } },
};

static int by_code(const void *key, const void *row)
{
	return strcmp(key, ((const struct saying *)row)->code);
}

/* de, de-DE and de-AT read the same. */
static int language_of(const char *language)
{
	for (int i = 0; language != NULL && i < LANGUAGES; i++)
		if (strncasecmp(language, languages[i], 2) == 0)
			return i;
	return EN;
}

/* Codes without a text of their own still say something: MessageText is never empty. */
const char *soap_say(const char *language, const char *code)
{
	const struct saying *s = bsearch(
		code, sayings, sizeof(sayings) / sizeof(sayings[0]), sizeof(sayings[0]), by_code);
	const char *text = s == NULL ? NULL : s->text[language_of(language)];

	if (text != NULL)
		return text;
	return s == NULL ? "The request could not be completed." : s->text[EN];
}
