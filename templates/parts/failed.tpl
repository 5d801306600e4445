{{%AUTOESCAPE context="HTML"}}
{{#FAILED}}<div class="callout notice is-blocked" role="alert"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg><b>{{FAILED_WHAT}}</b><span>{{FAILED_MORE}}</span></div>{{/FAILED}}
