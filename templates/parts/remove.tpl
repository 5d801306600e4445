{{%AUTOESCAPE context="HTML"}}
<p>{{PERSON_NAME}} is signed out of {{ORG}} now and cannot sign in to it again. Open links for {{PERSON_EMAIL}} end. What they did stays in the audit log.</p>
