{{%AUTOESCAPE context="HTML"}}
<p>{{#IS_PERSON}}{{PERSON_NAME}} is signed out of {{ORG}} now and cannot sign in to it again.{{/IS_PERSON}}{{#IS_ROOM}}{{PERSON_NAME}} is not looked at any more.{{/IS_ROOM}} Gone at once:</p>
<ul>{{#IS_PERSON}}<li>the sign-in here, with all sessions</li><li>open invitations and links for a new password</li>{{/IS_PERSON}}<li>the verdict and what happened before</li><li>busy time that was read</li><li>mails that wait to be sent</li></ul>
<p>What stays: the calendar itself and every right that was given in Exchange, until {{#IS_PERSON}}{{PERSON_NAME}} or {{/IS_PERSON}}the Exchange admin takes it away; and the audit log.</p>
