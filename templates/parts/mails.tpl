{{%AUTOESCAPE context="HTML"}}
<ul class="rights" role="list">{{#MAIL}}<li><span>{{MAIL}}: {{MAIL_STATE}}<br><span class="small muted"><time datetime="{{MAIL_AT_ISO}}" data-rel>{{MAIL_AT}}</time> {{MAIL_PROBLEM}}</span></span></li>{{/MAIL}}</ul>
