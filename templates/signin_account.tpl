{{%AUTOESCAPE context="HTML"}}
<div><h1>Choose an account</h1><p class="muted">{{MY_EMAIL}} belongs to these. You can change later, under My security.</p></div>
{{#NONE}}<div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><b>You belong to no account any more</b><span>An account admin has removed you. Ask them for an invitation if that is a mistake.</span></div>{{/NONE}}
{{>PARTS_FAILED}}
<form class="stack xs" method="post" action="/signin/account" aria-label="Accounts">
  <input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="next" value="{{NEXT}}">
  {{#CHOICE}}<button class="btn full" name="account" value="{{CHOICE_ID}}">{{CHOICE_NAME}}<span class="tag">{{CHOICE_ROLE}}</span></button>
  {{/CHOICE}}
</form>
<form method="post" action="/signout"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn quiet full" type="submit">Sign out</button></form>
