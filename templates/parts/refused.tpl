{{%AUTOESCAPE context="HTML"}}
<b>Stopped: the sign-in was refused</b><span>The server refused {{REFUSED_MAILBOX}} <time datetime="{{REFUSED_AT_ISO}}" data-rel>{{REFUSED_AT}}</time>. All calls stopped after that one try, so the account is not locked.</span>
