{{%AUTOESCAPE context="HTML"}}
{{#DONE}}<div class="callout notice is-ok" role="status"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><b>{{DONE}}</b></div>{{/DONE}}
