/*
 * Grammar, the table: what the requests of our operations may contain, in the schema's order, in
 * words of our own (grammar.h). Parts that no operation looks at are "any".
 */
#include "sim/grammar.h"

#include <stddef.h>

/* clang-format off */
const struct grammar_row grammar_rows[] = {

	/* Operations, by their element. */
	{ "GetFolder", "m:FolderShape=FolderResponseShape m:FolderIds=FolderIds" },
	{ "FindFolder",
		"m:FolderShape=FolderResponseShape ( m:IndexedPageFolderView=IndexedPageView | "
		"m:FractionalPageFolderView=FractionalPageView )? m:Restriction?=Restriction "
		"m:ParentFolderIds=FolderIds @Traversal!=FolderQueryTraversal" },
	{ "UpdateFolder", "m:FolderChanges=FolderChanges" },
	{ "CreateFolder", "m:ParentFolderId=TargetFolderId m:Folders=Folders" },
	{ "DeleteFolder", "m:FolderIds=FolderIds @DeleteType!=Disposal" },
	{ "SyncFolderHierarchy",
		"m:FolderShape=FolderResponseShape m:SyncFolderId?=TargetFolderId "
		"m:SyncState?=string" },
	{ "GetDelegate", "m:Mailbox=EmailAddress m:UserIds?=UserIds @IncludePermissions!=boolean" },
	{ "AddDelegate",
		"m:Mailbox=EmailAddress m:DelegateUsers=DelegateUsers "
		"m:DeliverMeetingRequests?=DeliverMeetingRequests" },
	{ "UpdateDelegate",
		"m:Mailbox=EmailAddress m:DelegateUsers?=DelegateUsers "
		"m:DeliverMeetingRequests?=DeliverMeetingRequests" },
	{ "RemoveDelegate", "m:Mailbox=EmailAddress m:UserIds=UserIds" },
	{ "GetUserAvailabilityRequest",
		"t:TimeZone?=SerializableTimeZone m:MailboxDataArray=MailboxDataArray "
		"t:FreeBusyViewOptions?=FreeBusyViewOptions "
		"t:SuggestionsViewOptions?=SuggestionsViewOptions" },
	{ "CreateItem",
		"m:SavedItemFolderId?=TargetFolderId m:Items=AllItems "
		"@MessageDisposition=MessageDisposition "
		"@SendMeetingInvitations=CalendarItemCreateOrDeleteOperation" },
	{ "GetItem", "m:ItemShape=ItemResponseShape m:ItemIds=ItemIds" },
	{ "UpdateItem",
		"m:SavedItemFolderId?=TargetFolderId m:ItemChanges=ItemChanges "
		"@ConflictResolution!=ConflictResolution "
		"@MessageDisposition=MessageDisposition "
		"@SendMeetingInvitationsOrCancellations=CalendarItemUpdateOperation "
		"@SuppressReadReceipts^13=boolean" },
	{ "DeleteItem",
		"m:ItemIds=ItemIds @DeleteType!=Disposal "
		"@SendMeetingCancellations=CalendarItemCreateOrDeleteOperation "
		"@AffectedTaskOccurrences=AffectedTaskOccurrences "
		"@SuppressReadReceipts^13=boolean" },
	{ "SendItem",
		"m:ItemIds=ItemIds m:SavedItemFolderId?=TargetFolderId "
		"@SaveItemToFolder!=boolean" },
	{ "FindItem",
		"m:ItemShape=ItemResponseShape ( m:IndexedPageItemView=IndexedPageView | "
		"m:FractionalPageItemView=FractionalPageView | "
		"m:SeekToConditionPageItemView^13=SeekToConditionPageView | "
		"m:CalendarView=CalendarView | m:ContactsView=ContactsView )? ( "
		"m:GroupBy=GroupBy | m:DistinguishedGroupBy=DistinguishedGroupBy )? "
		"m:Restriction?=Restriction m:SortOrder?=FieldOrders "
		"m:ParentFolderIds=FolderIds m:QueryString?^10=QueryString "
		"@Traversal!=ItemQueryTraversal" },
	{ "SyncFolderItems",
		"m:ItemShape=ItemResponseShape m:SyncFolderId=TargetFolderId "
		"m:SyncState?=string m:Ignore?=IgnoredIds "
		"m:MaxChangesReturned=MaxSyncChangesReturned "
		"m:SyncScope?^10=SyncFolderItemsScope" },
	{ "ResolveNames",
		"m:ParentFolderIds?=FolderIds m:UnresolvedEntry=string "
		"@ReturnFullContactData!=boolean @SearchScope=ResolveNamesSearchScope "
		"@ContactDataShape^10=DefaultShapeNames" },
	{ "ExpandDL", "m:Mailbox=EmailAddress" },
	{ "GetRoomLists", "" },
	{ "GetRooms", "m:RoomList=EmailAddress" },
	{ "GetServerTimeZones", "m:Ids?=TimeZoneIds @ReturnFullTimeZoneData=boolean" },
	{ "ConvertId", "m:SourceIds=AlternateIds @DestinationFormat!=IdFormat" },

	/* Words. */
	{ "DefaultShapeNames", "=IdOnly Default AllProperties PcxPeopleSearch" },
	{ "BodyTypeResponse", "=Best HTML Text" },
	{ "FolderQueryTraversal", "=Shallow Deep SoftDeleted" },
	{ "ItemQueryTraversal", "=Shallow SoftDeleted Associated^10" },
	{ "Disposal", "=HardDelete SoftDelete MoveToDeletedItems" },
	{ "IndexBasePoint", "=Beginning End" },
	{ "SortDirection", "=Ascending Descending" },
	{ "SyncFolderItemsScope", "=NormalItems NormalAndAssociatedItems" },
	{ "ResolveNamesSearchScope",
		"=ActiveDirectory ActiveDirectoryContacts Contacts ContactsActiveDirectory" },
	{ "IdFormat", "=EwsLegacyId EwsId EntryId HexEntryId StoreId OwaId" },
	{ "MessageDisposition", "=SaveOnly SendOnly SendAndSaveCopy" },
	{ "ConflictResolution", "=NeverOverwrite AutoResolve AlwaysOverwrite" },
	{ "CalendarItemCreateOrDeleteOperation", "=SendToNone SendOnlyToAll SendToAllAndSaveCopy" },
	{ "CalendarItemUpdateOperation",
		"=SendToNone SendOnlyToAll SendOnlyToChanged SendToAllAndSaveCopy "
		"SendToChangedAndSaveCopy" },
	{ "AffectedTaskOccurrences", "=AllOccurrences SpecifiedOccurrenceOnly" },
	{ "DeliverMeetingRequests",
		"=DelegatesOnly DelegatesAndMe DelegatesAndSendInformationToMe NoForward" },
	{ "DelegateFolderPermissionLevel", "=None Editor Reviewer Author Custom" },
	{ "DistinguishedUser", "=Default Anonymous" },
	{ "PermissionAction", "=None Owned All" },
	{ "PermissionReadAccess", "=None FullDetails" },
	{ "CalendarPermissionReadAccess", "=None TimeOnly TimeAndSubjectAndLocation FullDetails" },
	{ "PermissionLevel",
		"=None Owner PublishingEditor Editor PublishingAuthor Author NoneditingAuthor "
		"Reviewer Contributor Custom" },
	{ "CalendarPermissionLevel",
		"=None Owner PublishingEditor Editor PublishingAuthor Author NoneditingAuthor "
		"Reviewer Contributor FreeBusyTimeOnly FreeBusyTimeAndSubjectAndLocation "
		"Custom" },
	{ "MailboxType",
		"=Unknown^10 OneOff^10 Mailbox PublicDL PrivateDL Contact PublicFolder "
		"GroupMailbox^13 ImplicitContact^16" },
	{ "MeetingAttendee", "=Organizer Required Optional Room Resource" },
	{ "DayOfWeek",
		"=Sunday Monday Tuesday Wednesday Thursday Friday Saturday Day Weekday "
		"WeekendDay" },
	{ "DayOfWeekIndex", "=First Second Third Fourth Last" },
	{ "MonthNames",
		"=January February March April May June July August September October November "
		"December" },
	{ "ContainmentMode", "=FullString Prefixed Substring PrefixOnWords ExactPhrase" },
	{ "ContainmentComparison",
		"=Exact IgnoreCase IgnoreNonSpacingCharacters Loose "
		"IgnoreCaseAndNonSpacingCharacters LooseAndIgnoreCase LooseAndIgnoreNonSpace "
		"LooseAndIgnoreCaseAndIgnoreNonSpace" },
	{ "LegacyFreeBusy", "=Free Tentative Busy OOF WorkingElsewhere^13 NoData" },
	{ "SensitivityChoices", "=Normal Personal Private Confidential" },
	{ "ImportanceChoices", "=Low Normal High" },
	{ "BodyType", "=HTML Text" },
	{ "Response", "=Unknown Organizer Tentative Accept Decline NoResponseReceived" },
	{ "CalendarItemTypeWord", "=Single Occurrence Exception RecurringMaster" },
	{ "FlagStatus", "=NotFlagged Flagged Complete" },
	{ "Aggregate", "=Minimum Maximum" },
	{ "StandardGroupBy", "=ConversationTopic" },
	{ "SuggestionQuality", "=Excellent Good Fair Poor" },
	{ "FreeBusyViewWord", "=None MergedOnly FreeBusy FreeBusyMerged Detailed DetailedMerged" },
	{ "TransitionTargetKind", "=Period Group" },
	{ "DistinguishedPropertySet",
		"=Meeting Appointment Common PublicStrings Address InternetHeaders "
		"CalendarAssistant UnifiedMessaging Task Sharing^13" },
	{ "MapiPropertyType",
		"=ApplicationTime ApplicationTimeArray Binary BinaryArray Boolean CLSID "
		"CLSIDArray Currency CurrencyArray Double DoubleArray Error Float FloatArray "
		"Integer IntegerArray Long LongArray Null Object ObjectArray Short ShortArray "
		"SystemTime SystemTimeArray String StringArray" },
	{ "DistinguishedFolderIdName",
		"=calendar contacts deleteditems drafts inbox journal notes outbox sentitems "
		"tasks msgfolderroot publicfoldersroot root junkemail searchfolders voicemail "
		"recoverableitemsroot^10 recoverableitemsdeletions^10 "
		"recoverableitemsversions^10 recoverableitemspurges^10 "
		"recoverableitemsdiscoveryholds^16 archiveroot^10 archivemsgfolderroot^10 "
		"archivedeleteditems^10 archiveinbox^13 archiverecoverableitemsroot^10 "
		"archiverecoverableitemsdeletions^10 archiverecoverableitemsversions^10 "
		"archiverecoverableitemspurges^10 archiverecoverableitemsdiscoveryholds^16 "
		"syncissues^13 conflicts^13 localfailures^13 serverfailures^13 "
		"recipientcache^13 quickcontacts^13 conversationhistory^13 adminauditlogs^13 "
		"todosearch^13 mycontacts^13 directory^13 imcontactlist^13 peopleconnect^13 "
		"favorites^13 mecontact^16 personmetadata^16 teamspaceactivity^16 "
		"teamspacemessaging^16 teamspaceworkitems^16 scheduled^16 orionnotes^16 "
		"tagitems^16 alltaggeditems^16 externalcontacts^16 teamchat^16 "
		"teamchathistory^16 yammerroot^16 yammerinbound^16 yammeroutbound^16 "
		"yammerfeeds^16 onedriveroot^16 onedriverecylebin^16 onedrivesystem^16 "
		"onedrivevolume^16 important^16 starred^16 archive^16" },
	{ "UnindexedFieldURI",
		"=folder:FolderId folder:ParentFolderId folder:DisplayName folder:UnreadCount "
		"folder:TotalCount folder:ChildFolderCount folder:FolderClass "
		"folder:SearchParameters folder:ManagedFolderInformation folder:PermissionSet "
		"folder:EffectiveRights folder:SharingEffectiveRights^10 "
		"folder:DistinguishedFolderId^13 folder:PolicyTag^13 folder:ArchiveTag^13 "
		"folder:ReplicaList^16 item:ItemId item:ParentFolderId item:ItemClass "
		"item:MimeContent item:Attachments item:Subject item:DateTimeReceived item:Size "
		"item:Categories item:HasAttachments item:Importance item:InReplyTo "
		"item:InternetMessageHeaders item:IsAssociated^10 item:IsDraft item:IsFromMe "
		"item:IsResend item:IsSubmitted item:IsUnmodified item:DateTimeSent "
		"item:DateTimeCreated item:Body item:ResponseObjects item:Sensitivity "
		"item:ReminderDueBy item:ReminderIsSet item:ReminderNextTime^13 "
		"item:ReminderMinutesBeforeStart item:DisplayTo item:DisplayCc "
		"item:DisplayBcc^16 item:Culture item:EffectiveRights item:LastModifiedName "
		"item:LastModifiedTime item:ConversationId^10 item:UniqueBody^10 item:Flag^13 "
		"item:StoreEntryId^10 item:InstanceKey^13 item:NormalizedBody^13 "
		"item:EntityExtractionResult^13 item:PolicyTag^13 item:ArchiveTag^13 "
		"item:RetentionDate^13 item:Preview^13 item:PredictedActionReasons^13 "
		"item:IsClutter^13 item:RightsManagementLicenseData^13 item:BlockStatus^13 "
		"item:HasBlockedImages^13 item:WebClientReadFormQueryString^10 "
		"item:WebClientEditFormQueryString^10 item:TextBody^13 item:IconIndex^13 "
		"item:MimeContentUTF8^13 item:Mentions^16 item:MentionedMe^16 "
		"item:MentionsPreview^16 item:MentionsEx^16 item:Hashtags^16 "
		"item:AppliedHashtags^16 item:AppliedHashtagsPreview^16 item:Likes^16 "
		"item:LikesPreview^16 item:PendingSocialActivityTagIds^16 item:AtAllMention^16 "
		"item:CanDelete^16 item:InferenceClassification^16 item:FirstBody^16 "
		"message:ConversationIndex message:ConversationTopic message:InternetMessageId "
		"message:IsRead message:IsResponseRequested message:IsReadReceiptRequested "
		"message:IsDeliveryReceiptRequested message:ReceivedBy "
		"message:ReceivedRepresenting message:References message:ReplyTo message:From "
		"message:Sender message:ToRecipients message:CcRecipients message:BccRecipients "
		"message:ApprovalRequestData^13 message:VotingInformation^13 "
		"message:ReminderMessageData^13 message:PublishedCalendarItemIcs^16 "
		"message:PublishedCalendarItemName^16 message:MessageSafety^16 "
		"meeting:AssociatedCalendarItemId meeting:IsDelegated meeting:IsOutOfDate "
		"meeting:HasBeenProcessed meeting:ResponseType meeting:ProposedStart^13 "
		"meeting:ProposedEnd^13 meeting:DoNotForwardMeeting^16 "
		"meetingRequest:MeetingRequestType meetingRequest:IntendedFreeBusyStatus "
		"meetingRequest:ChangeHighlights^13 calendar:Start calendar:End "
		"calendar:OriginalStart calendar:StartWallClock^13 calendar:EndWallClock^13 "
		"calendar:StartTimeZoneId^13 calendar:EndTimeZoneId^13 calendar:IsAllDayEvent "
		"calendar:LegacyFreeBusyStatus calendar:Location calendar:EnhancedLocation^13 "
		"calendar:When calendar:IsMeeting calendar:IsCancelled calendar:IsRecurring "
		"calendar:MeetingRequestWasSent calendar:IsResponseRequested "
		"calendar:CalendarItemType calendar:MyResponseType calendar:Organizer "
		"calendar:RequiredAttendees calendar:OptionalAttendees calendar:Resources "
		"calendar:ConflictingMeetingCount calendar:AdjacentMeetingCount "
		"calendar:ConflictingMeetings calendar:AdjacentMeetings "
		"calendar:InboxReminders^16 calendar:Duration calendar:TimeZone "
		"calendar:AppointmentReplyTime calendar:AppointmentSequenceNumber "
		"calendar:AppointmentState calendar:Recurrence calendar:FirstOccurrence "
		"calendar:LastOccurrence calendar:ModifiedOccurrences "
		"calendar:DeletedOccurrences calendar:MeetingTimeZone calendar:ConferenceType "
		"calendar:AllowNewTimeProposal calendar:IsOnlineMeeting "
		"calendar:MeetingWorkspaceUrl calendar:NetShowUrl calendar:UID "
		"calendar:RecurrenceId calendar:DateTimeStamp calendar:StartTimeZone^10 "
		"calendar:EndTimeZone^10 calendar:JoinOnlineMeetingUrl^13 "
		"calendar:OnlineMeetingSettings^13 calendar:IsOrganizer^13 "
		"calendar:CalendarActivityData^16 calendar:DoNotForwardMeeting^16 contacts:* "
		"task:* distributionlist:* postitem:* conversation:* persona:* person:* "
		"abchperson:* booking:* insight:* network:* rolemember:* sharingMessage:*" },
	{ "DictionaryURI",
		"=item:InternetMessageHeader contacts:ImAddress "
		"contacts:PhysicalAddress:Street contacts:PhysicalAddress:City "
		"contacts:PhysicalAddress:State contacts:PhysicalAddress:CountryOrRegion "
		"contacts:PhysicalAddress:PostalCode contacts:PhoneNumber "
		"contacts:EmailAddress distributionlist:Members:Member" },
	{ "DaysOfWeek", "~DayOfWeek" },
	{ "FreeBusyView", "~FreeBusyViewWord" },
	{ "string", "%string" },
	{ "boolean", "%boolean" },
	{ "int", "%int" },
	{ "MaxSyncChangesReturned", "%int<=512" },
	{ "dateTime", "%dateTime" },
	{ "date", "%date" },
	{ "time", "%time" },
	{ "duration", "%duration" },
	{ "any", "..." },

	/* Shapes and paths. */
	{ "FolderResponseShape",
		"t:BaseShape=DefaultShapeNames t:AdditionalProperties?=PathsToElement" },
	{ "ItemResponseShape",
		"t:BaseShape=DefaultShapeNames t:IncludeMimeContent?=boolean "
		"t:BodyType?=BodyTypeResponse t:UniqueBodyType?^13=BodyTypeResponse "
		"t:NormalizedBodyType?^13=BodyTypeResponse t:FilterHtmlContent?^10=boolean "
		"t:ConvertHtmlCodePageToUTF8?^10=boolean t:InlineImageUrlTemplate?^13=string "
		"t:BlockExternalImages?^13=boolean t:AddBlankTargetToLinks?^13=boolean "
		"t:MaximumBodySize?^13=int t:AdditionalProperties?=PathsToElement" },
	{ "PathsToElement",
		"( t:FieldURI=PathToUnindexedField | t:IndexedFieldURI=PathToIndexedField | "
		"t:ExtendedFieldURI=PathToExtendedField )+" },
	{ "Path",
		"( t:FieldURI=PathToUnindexedField | t:IndexedFieldURI=PathToIndexedField | "
		"t:ExtendedFieldURI=PathToExtendedField )" },
	{ "PathToUnindexedField", "@FieldURI!=UnindexedFieldURI" },
	{ "PathToIndexedField", "@FieldURI!=DictionaryURI @FieldIndex!=string" },
	{ "PathToExtendedField",
		"@DistinguishedPropertySetId=DistinguishedPropertySet @PropertySetId=string "
		"@PropertyTag=string @PropertyName=string @PropertyId=int "
		"@PropertyType!=MapiPropertyType" },

	/* Ids and addresses. */
	{ "FolderIds", "( t:FolderId=FolderId | t:DistinguishedFolderId=DistinguishedFolderId )+" },
	{ "TargetFolderId",
		"( t:FolderId=FolderId | t:DistinguishedFolderId=DistinguishedFolderId | "
		"t:AddressListId^13=AddressListId )" },
	{ "FolderId", "@Id!=string @ChangeKey=string" },
	{ "AddressListId", "@Id!=string" },
	{ "DistinguishedFolderId",
		"t:Mailbox?=EmailAddress @Id!=DistinguishedFolderIdName @ChangeKey=string" },
	{ "ItemId", "@Id!=string @ChangeKey=string" },
	{ "ItemIds",
		"( t:ItemId=ItemId | t:OccurrenceItemId=OccurrenceItemId | "
		"t:RecurringMasterItemId=RecurringMasterItemId )+" },
	{ "IgnoredIds", "t:ItemId*=ItemId" },
	{ "OccurrenceItemId", "@RecurringMasterId!=string @ChangeKey=string @InstanceIndex!=int" },
	{ "RecurringMasterItemId", "@OccurrenceId!=string @ChangeKey=string" },
	{ "EmailAddress",
		"t:Name?=string t:EmailAddress?=string t:RoutingType?=string "
		"t:MailboxType?=MailboxType t:ItemId?=ItemId t:OriginalDisplayName?^13=string" },
	{ "TimeZoneIds", "t:Id+=string" },
	{ "AlternateIds",
		"( t:AlternateId=AlternateId | "
		"t:AlternatePublicFolderId=AlternatePublicFolderId | "
		"t:AlternatePublicFolderItemId=AlternatePublicFolderItemId )+" },
	{ "AlternateId", "@Format!=IdFormat @Id!=string @Mailbox!=string @IsArchive^10=boolean" },
	{ "AlternatePublicFolderId", "@Format!=IdFormat @FolderId!=string" },
	{ "AlternatePublicFolderItemId", "@Format!=IdFormat @FolderId!=string @ItemId!=string" },

	/* Views, restrictions, orders. */
	{ "IndexedPageView", "@MaxEntriesReturned=int @Offset!=int @BasePoint!=IndexBasePoint" },
	{ "FractionalPageView", "@MaxEntriesReturned=int @Numerator!=int @Denominator!=int" },
	{ "SeekToConditionPageView",
		"t:Condition=Restriction @MaxEntriesReturned=int @BasePoint!=IndexBasePoint" },
	{ "CalendarView", "@MaxEntriesReturned=int @StartDate!=dateTime @EndDate!=dateTime" },
	{ "ContactsView", "@MaxEntriesReturned=int @InitialName=string @FinalName=string" },
	{ "GroupBy", "&Path t:AggregateOn=AggregateOn @Order!=SortDirection" },
	{ "AggregateOn", "&Path @Aggregate!=Aggregate" },
	{ "DistinguishedGroupBy", "t:StandardGroupBy=StandardGroupBy @Order!=SortDirection" },
	{ "FieldOrders", "t:FieldOrder+=FieldOrder" },
	{ "FieldOrder", "&Path @Order!=SortDirection" },
	{ "QueryString",
		"%string @ResetCache^13=boolean @ReturnHighlightTerms^13=boolean "
		"@ReturnDeletedItems^13=boolean" },
	{ "Restriction",
		"( t:Exists=Path | t:Excludes=Excludes | t:IsEqualTo=TwoOperand | "
		"t:IsNotEqualTo=TwoOperand | t:IsGreaterThan=TwoOperand | "
		"t:IsGreaterThanOrEqualTo=TwoOperand | t:IsLessThan=TwoOperand | "
		"t:IsLessThanOrEqualTo=TwoOperand | t:Contains=Contains | t:Not=Restriction | "
		"t:And=Restrictions | t:Or=Restrictions )" },
	{ "Restrictions",
		"( t:Exists=Path | t:Excludes=Excludes | t:IsEqualTo=TwoOperand | "
		"t:IsNotEqualTo=TwoOperand | t:IsGreaterThan=TwoOperand | "
		"t:IsGreaterThanOrEqualTo=TwoOperand | t:IsLessThan=TwoOperand | "
		"t:IsLessThanOrEqualTo=TwoOperand | t:Contains=Contains | t:Not=Restriction | "
		"t:And=Restrictions | t:Or=Restrictions )+" },
	{ "TwoOperand", "&Path t:FieldURIOrConstant=FieldURIOrConstant" },
	{ "FieldURIOrConstant",
		"( t:FieldURI=PathToUnindexedField | t:IndexedFieldURI=PathToIndexedField | "
		"t:ExtendedFieldURI=PathToExtendedField | t:Constant=Constant )" },
	{ "Contains",
		"&Path t:Constant=Constant @ContainmentMode=ContainmentMode "
		"@ContainmentComparison=ContainmentComparison" },
	{ "Excludes", "&Path t:Bitmask=Constant" },
	{ "Constant", "@Value!=string" },

	/* Folders and permissions. */
	{ "Folders",
		"( t:Folder=Folder | t:CalendarFolder=CalendarFolder | "
		"t:ContactsFolder=ContactsFolder | t:SearchFolder=any | t:TasksFolder=Folder "
		")+" },
	{ "OneFolder",
		"( t:Folder=Folder | t:CalendarFolder=CalendarFolder | "
		"t:ContactsFolder=ContactsFolder | t:SearchFolder=any | t:TasksFolder=Folder )" },
	{ "BaseFolder",
		"t:FolderId?=FolderId t:ParentFolderId?=FolderId t:FolderClass?=string "
		"t:DisplayName?=string t:TotalCount?=int t:ChildFolderCount?=int "
		"t:ExtendedProperty*=ExtendedProperty t:ManagedFolderInformation?=any "
		"t:EffectiveRights?=any t:DistinguishedFolderId?^13=DistinguishedFolderIdName "
		"t:PolicyTag?^13=any t:ArchiveTag?^13=any" },
	{ "Folder", "&BaseFolder t:PermissionSet?=PermissionSet t:UnreadCount?=int" },
	{ "CalendarFolder",
		"&BaseFolder t:SharingEffectiveRights?^10=CalendarPermissionReadAccess "
		"t:PermissionSet?=CalendarPermissionSet" },
	{ "ContactsFolder",
		"&BaseFolder t:SharingEffectiveRights?^10=PermissionReadAccess "
		"t:PermissionSet?=PermissionSet" },
	{ "FolderChanges", "t:FolderChange+=FolderChange" },
	{ "FolderChange",
		"( t:FolderId=FolderId | t:DistinguishedFolderId=DistinguishedFolderId ) "
		"t:Updates=FolderUpdates" },
	{ "FolderUpdates",
		"( t:AppendToFolderField=SetFolderField | t:SetFolderField=SetFolderField | "
		"t:DeleteFolderField=Path )+" },
	{ "SetFolderField", "&Path &OneFolder" },
	{ "PermissionSet", "t:Permissions=Permissions t:UnknownEntries?=any" },
	{ "CalendarPermissionSet",
		"t:CalendarPermissions=CalendarPermissions t:UnknownEntries?=any" },
	{ "Permissions", "t:Permission*=Permission" },
	{ "CalendarPermissions", "t:CalendarPermission*=CalendarPermission" },
	{ "BasePermission",
		"t:UserId=UserId t:CanCreateItems?=boolean t:CanCreateSubFolders?=boolean "
		"t:IsFolderOwner?=boolean t:IsFolderVisible?=boolean "
		"t:IsFolderContact?=boolean t:EditItems?=PermissionAction "
		"t:DeleteItems?=PermissionAction" },
	{ "Permission",
		"&BasePermission t:ReadItems?=PermissionReadAccess "
		"t:PermissionLevel=PermissionLevel" },
	{ "CalendarPermission",
		"&BasePermission t:ReadItems?=CalendarPermissionReadAccess "
		"t:CalendarPermissionLevel=CalendarPermissionLevel" },

	/* Delegates. */
	{ "UserIds", "t:UserId+=UserId" },
	{ "UserId",
		"t:SID?=string t:PrimarySmtpAddress?=string t:DisplayName?=string "
		"t:DistinguishedUser?=DistinguishedUser t:ExternalUserIdentity?^10=string" },
	{ "DelegateUsers", "t:DelegateUser+=DelegateUser" },
	{ "DelegateUser",
		"t:UserId=UserId t:DelegatePermissions?=DelegatePermissions "
		"t:ReceiveCopiesOfMeetingMessages?=boolean t:ViewPrivateItems?=boolean" },
	{ "DelegatePermissions",
		"t:CalendarFolderPermissionLevel?=DelegateFolderPermissionLevel "
		"t:TasksFolderPermissionLevel?=DelegateFolderPermissionLevel "
		"t:InboxFolderPermissionLevel?=DelegateFolderPermissionLevel "
		"t:ContactsFolderPermissionLevel?=DelegateFolderPermissionLevel "
		"t:NotesFolderPermissionLevel?=DelegateFolderPermissionLevel "
		"t:JournalFolderPermissionLevel?=DelegateFolderPermissionLevel" },

	/* Availability. */
	{ "SerializableTimeZone",
		"t:Bias=int t:StandardTime=SerializableTimeZoneTime "
		"t:DaylightTime=SerializableTimeZoneTime" },
	{ "SerializableTimeZoneTime",
		"t:Bias=int t:Time=string t:DayOrder=int t:Month=int t:DayOfWeek=DayOfWeek "
		"t:Year?=string" },
	{ "MailboxDataArray", "t:MailboxData*=MailboxData" },
	{ "MailboxData",
		"t:Email=AvailabilityAddress t:AttendeeType=MeetingAttendee "
		"t:ExcludeConflicts?=boolean" },
	{ "AvailabilityAddress", "t:Name?=string t:Address=string t:RoutingType?=string" },
	{ "FreeBusyViewOptions",
		"t:TimeWindow=TimeWindow t:MergedFreeBusyIntervalInMinutes?=int "
		"t:RequestedView?=FreeBusyView" },
	{ "TimeWindow", "t:StartTime=dateTime t:EndTime=dateTime" },
	{ "SuggestionsViewOptions",
		"t:GoodThreshold?=int t:MaximumResultsByDay?=int "
		"t:MaximumNonWorkHourResultsByDay?=int t:MeetingDurationInMinutes?=int "
		"t:MinimumSuggestionQuality?=SuggestionQuality "
		"t:DetailedSuggestionsWindow=TimeWindow t:CurrentMeetingTime?=dateTime "
		"t:GlobalObjectId?=string" },

	/* Items. */
	{ "AllItems",
		"( t:Item=Item | t:Message=Message | t:CalendarItem=CalendarItem | "
		"t:Contact=any | t:DistributionList=any | t:MeetingMessage=any | "
		"t:MeetingRequest=any | t:MeetingResponse=any | t:MeetingCancellation=any | "
		"t:Task=any | t:PostItem=any | t:ReplyToItem=SmartResponse | "
		"t:ForwardItem=SmartResponse | t:ReplyAllToItem=SmartResponse | "
		"t:AcceptItem=MeetingAnswer | t:TentativelyAcceptItem=MeetingAnswer | "
		"t:DeclineItem=MeetingAnswer | t:CancelCalendarItem=SmartResponse | "
		"t:RemoveItem=ItemReference | t:SuppressReadReceipt=ItemReference | "
		"t:PostReplyItem=any | t:AcceptSharingInvitation^10=any )+" },
	{ "OneItem",
		"( t:Item=Item | t:Message=Message | t:CalendarItem=CalendarItem | "
		"t:Contact=any | t:DistributionList=any | t:MeetingMessage=any | "
		"t:MeetingRequest=any | t:MeetingResponse=any | t:MeetingCancellation=any | "
		"t:Task=any | t:PostItem=any )" },
	{ "Item",
		"t:MimeContent?=MimeContent t:ItemId?=ItemId t:ParentFolderId?=FolderId "
		"t:ItemClass?=string t:Subject?=string t:Sensitivity?=SensitivityChoices "
		"t:Body?=Body t:Attachments?=any t:DateTimeReceived?=dateTime t:Size?=int "
		"t:Categories?=Strings t:Importance?=ImportanceChoices t:InReplyTo?=string "
		"t:IsSubmitted?=boolean t:IsDraft?=boolean t:IsFromMe?=boolean "
		"t:IsResend?=boolean t:IsUnmodified?=boolean t:InternetMessageHeaders?=any "
		"t:DateTimeSent?=dateTime t:DateTimeCreated?=dateTime t:ResponseObjects?=any "
		"t:ReminderDueBy?=dateTime t:ReminderIsSet?=boolean "
		"t:ReminderNextTime?^13=dateTime t:ReminderMinutesBeforeStart?=int "
		"t:DisplayCc?=string t:DisplayTo?=string t:DisplayBcc?^16=string "
		"t:HasAttachments?=boolean t:ExtendedProperty*=ExtendedProperty "
		"t:Culture?=string t:EffectiveRights?=any t:LastModifiedName?=string "
		"t:LastModifiedTime?=dateTime t:IsAssociated?^10=boolean "
		"t:WebClientReadFormQueryString?^10=string "
		"t:WebClientEditFormQueryString?^10=string t:ConversationId?^10=ItemId "
		"t:UniqueBody?^10=Body t:Flag?^13=Flag t:StoreEntryId?^10=string "
		"t:InstanceKey?^13=string t:NormalizedBody?^13=Body "
		"t:EntityExtractionResult?^13=any t:PolicyTag?^13=any t:ArchiveTag?^13=any "
		"t:RetentionDate?^13=dateTime t:Preview?^13=string "
		"t:RightsManagementLicenseData?^13=any t:PredictedActionReasons?^13=any "
		"t:IsClutter?^13=boolean t:BlockStatus?^13=boolean "
		"t:HasBlockedImages?^13=boolean t:TextBody?^13=Body t:IconIndex?^13=string" },
	{ "Message",
		"&Item t:Sender?=SingleRecipient t:ToRecipients?=Recipients "
		"t:CcRecipients?=Recipients t:BccRecipients?=Recipients "
		"t:IsReadReceiptRequested?=boolean t:IsDeliveryReceiptRequested?=boolean "
		"t:ConversationIndex?=string t:ConversationTopic?=string "
		"t:From?=SingleRecipient t:InternetMessageId?=string t:IsRead?=boolean "
		"t:IsResponseRequested?=boolean t:References?=string t:ReplyTo?=Recipients "
		"t:ReceivedBy?=SingleRecipient t:ReceivedRepresenting?=SingleRecipient "
		"t:ApprovalRequestData?^13=any t:VotingInformation?^13=any "
		"t:ReminderMessageData?^13=any" },
	{ "CalendarItem",
		"&Item t:UID?=string t:RecurrenceId?=dateTime t:DateTimeStamp?=dateTime "
		"t:Start?=dateTime t:End?=dateTime t:OriginalStart?=dateTime "
		"t:IsAllDayEvent?=boolean t:LegacyFreeBusyStatus?=LegacyFreeBusy "
		"t:Location?=string t:When?=string t:IsMeeting?=boolean t:IsCancelled?=boolean "
		"t:IsRecurring?=boolean t:MeetingRequestWasSent?=boolean "
		"t:IsResponseRequested?=boolean t:CalendarItemType?=CalendarItemTypeWord "
		"t:MyResponseType?=Response t:Organizer?=SingleRecipient "
		"t:RequiredAttendees?=Attendees t:OptionalAttendees?=Attendees "
		"t:Resources?=Attendees t:InboxReminders?^16=any "
		"t:ConflictingMeetingCount?=int t:AdjacentMeetingCount?=int "
		"t:ConflictingMeetings?=any t:AdjacentMeetings?=any t:Duration?=string "
		"t:TimeZone?=string t:AppointmentReplyTime?=dateTime "
		"t:AppointmentSequenceNumber?=int t:AppointmentState?=int "
		"t:Recurrence?=Recurrence t:FirstOccurrence?=any t:LastOccurrence?=any "
		"t:ModifiedOccurrences?=any t:DeletedOccurrences?=any "
		"t:MeetingTimeZone?=MeetingTimeZone t:StartTimeZone?^10=TimeZoneDefinition "
		"t:EndTimeZone?^10=TimeZoneDefinition t:ConferenceType?=int "
		"t:AllowNewTimeProposal?=boolean t:IsOnlineMeeting?=boolean "
		"t:MeetingWorkspaceUrl?=string t:NetShowUrl?=string t:EnhancedLocation?^13=any "
		"t:StartWallClock?^13=dateTime t:EndWallClock?^13=dateTime "
		"t:StartTimeZoneId?^13=string t:EndTimeZoneId?^13=string "
		"t:IntendedFreeBusyStatus?^13=LegacyFreeBusy t:JoinOnlineMeetingUrl?^13=string "
		"t:OnlineMeetingSettings?^13=any t:IsOrganizer?^13=boolean" },
	{ "MimeContent", "%string @CharacterSet=string" },
	{ "Body", "%string @BodyType!=BodyType @IsTruncated^13=boolean" },
	{ "Strings", "t:String*=string" },
	{ "Flag",
		"t:FlagStatus=FlagStatus t:StartDate?=dateTime t:DueDate?=dateTime "
		"t:CompleteDate?=dateTime" },
	{ "ExtendedProperty",
		"t:ExtendedFieldURI=PathToExtendedField ( t:Value=string | "
		"t:Values=PropertyValues )" },
	{ "PropertyValues", "t:Value+=string" },
	{ "SingleRecipient", "t:Mailbox=EmailAddress" },
	{ "Recipients", "t:Mailbox*=EmailAddress" },
	{ "Attendees", "t:Attendee+=Attendee" },
	{ "Attendee",
		"t:Mailbox=EmailAddress t:ResponseType?=Response t:LastResponseTime?=dateTime "
		"t:ProposedStart?^13=dateTime t:ProposedEnd?^13=dateTime" },
	{ "ItemReference", "t:ReferenceItemId?=ItemId @ObjectName=string" },
	{ "SmartResponse",
		"t:Subject?=string t:Body?=Body t:ToRecipients?=Recipients "
		"t:CcRecipients?=Recipients t:BccRecipients?=Recipients "
		"t:IsReadReceiptRequested?=boolean t:IsDeliveryReceiptRequested?=boolean "
		"t:From?=SingleRecipient t:ReferenceItemId?=ItemId t:NewBodyContent?=Body "
		"@ObjectName=string" },
	{ "MeetingAnswer",
		"t:ItemClass?=string t:Sensitivity?=SensitivityChoices t:Body?=Body "
		"t:Attachments?=any t:InternetMessageHeaders?=any t:Sender?=SingleRecipient "
		"t:ToRecipients?=Recipients t:CcRecipients?=Recipients "
		"t:BccRecipients?=Recipients t:IsReadReceiptRequested?=boolean "
		"t:IsDeliveryReceiptRequested?=boolean t:From?=SingleRecipient "
		"t:ReferenceItemId?=ItemId t:ProposedStart?^13=dateTime "
		"t:ProposedEnd?^13=dateTime @ObjectName=string" },
	{ "ItemChanges", "t:ItemChange+=ItemChange" },
	{ "ItemChange",
		"( t:ItemId=ItemId | t:OccurrenceItemId=OccurrenceItemId | "
		"t:RecurringMasterItemId=RecurringMasterItemId ) t:Updates=ItemUpdates" },
	{ "ItemUpdates",
		"( t:AppendToItemField=SetItemField | t:SetItemField=SetItemField | "
		"t:DeleteItemField=Path )+" },
	{ "SetItemField", "&Path &OneItem" },

	/* Recurrence and time zones. */
	{ "Recurrence",
		"( t:RelativeYearlyRecurrence=RelativeYearly | "
		"t:AbsoluteYearlyRecurrence=AbsoluteYearly | "
		"t:RelativeMonthlyRecurrence=RelativeMonthly | "
		"t:AbsoluteMonthlyRecurrence=AbsoluteMonthly | t:WeeklyRecurrence=Weekly | "
		"t:DailyRecurrence=Daily ) ( t:NoEndRecurrence=NoEnd | "
		"t:EndDateRecurrence=EndDate | t:NumberedRecurrence=Numbered )" },
	{ "RelativeYearly",
		"t:DaysOfWeek=DayOfWeek t:DayOfWeekIndex=DayOfWeekIndex t:Month=MonthNames" },
	{ "AbsoluteYearly", "t:DayOfMonth=int t:Month=MonthNames" },
	{ "RelativeMonthly",
		"t:Interval=int t:DaysOfWeek=DayOfWeek t:DayOfWeekIndex=DayOfWeekIndex" },
	{ "AbsoluteMonthly", "t:Interval=int t:DayOfMonth=int" },
	{ "Weekly", "t:Interval=int t:DaysOfWeek=DaysOfWeek t:FirstDayOfWeek?^10=DayOfWeek" },
	{ "Daily", "t:Interval=int" },
	{ "NoEnd", "t:StartDate=date" },
	{ "EndDate", "t:StartDate=date t:EndDate=date" },
	{ "Numbered", "t:StartDate=date t:NumberOfOccurrences=int" },
	{ "MeetingTimeZone",
		"t:BaseOffset?=duration t:Standard?=TimeChange t:Daylight?=TimeChange "
		"@TimeZoneName=string" },
	{ "TimeChange",
		"t:Offset=duration ( t:RelativeYearlyRecurrence=RelativeYearly | "
		"t:AbsoluteDate=date ) t:Time=time @TimeZoneName=string" },
	{ "TimeZoneDefinition",
		"t:Periods?=Periods t:TransitionsGroups?=TransitionsGroups "
		"t:Transitions?=Transitions @Id=string @Name=string" },
	{ "Periods", "t:Period+=Period" },
	{ "Period", "@Bias=duration @Name=string @Id=string" },
	{ "TransitionsGroups", "t:TransitionsGroup+=Transitions" },
	{ "Transitions",
		"( t:Transition=Transition | t:AbsoluteDateTransition=AbsoluteDateTransition | "
		"t:RecurringDayTransition=RecurringDayTransition | "
		"t:RecurringDateTransition=RecurringDateTransition )+ @Id=string" },
	{ "Transition", "t:To=TransitionTarget" },
	{ "TransitionTarget", "%string @Kind!=TransitionTargetKind" },
	{ "AbsoluteDateTransition", "t:To=TransitionTarget t:DateTime=dateTime" },
	{ "RecurringDayTransition",
		"t:To=TransitionTarget t:TimeOffset=duration t:Month=int t:DayOfWeek=DayOfWeek "
		"t:Occurrence=int" },
	{ "RecurringDateTransition",
		"t:To=TransitionTarget t:TimeOffset=duration t:Month=int t:Day=int" },
	{ NULL, NULL },
};
/* clang-format on */
