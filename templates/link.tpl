{{%AUTOESCAPE context="HTML"}}
{{#DEAD}}
<div class="empty is-action"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg></span><h1>This link cannot be used</h1><p>{{DEAD_SAY}}</p><p>{{ASK}} can make you a new one.</p><div class="row"><a class="btn" href="/signin">Go to sign-in</a></div></div>
{{/DEAD}}
{{#NEW}}
<div><h1>Welcome to Latchkey</h1><p class="muted">{{BY}} invites you to {{ORG}} as {{ROLE}}. Choose your name and a password; you sign in with <b>{{EMAIL}}</b>.</p></div>
{{/NEW}}
{{#KNOWN}}
<div><h1>Join {{ORG}}</h1><p class="muted">{{BY}} invites you as {{ROLE}}. You have a password here already, from another account: enter it to accept.</p></div>
{{/KNOWN}}
{{#RESET}}
<div><h1>Choose a new password</h1><p class="muted">For <b>{{EMAIL}}</b>, at {{ORG}}. Everywhere you are signed in now, you will be signed out.</p></div>
{{/RESET}}
{{#OPEN}}
{{>PARTS_FAILED}}
<form class="stack" method="post" action="/link">
  <input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="token" value="{{TOKEN}}">
  <input type="email" value="{{EMAIL}}" autocomplete="username" readonly hidden>
  {{#ASK_NAME}}<div class="field">
    <label class="label" for="name">Your name</label>
    <input class="input" id="name" name="name" autocomplete="name" maxlength="100" required value="{{V_NAME}}" aria-describedby="name-hint{{#E_NAME}} name-err{{/E_NAME}}"{{#E_NAME}} aria-invalid="true"{{/E_NAME}}>
    <p class="hint" id="name-hint">As colleagues know you. Account admins and the audit log show it.</p>
    {{#E_NAME}}<p class="error" id="name-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_NAME}}</p>{{/E_NAME}}
  </div>{{/ASK_NAME}}
  {{#KNOWN}}<div class="field">
    <label class="label" for="password">Password of {{EMAIL}}</label>
    <input class="input" id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required{{#E_PASSWORD}} aria-describedby="password-err" aria-invalid="true"{{/E_PASSWORD}}>
    {{#E_PASSWORD}}<p class="error" id="password-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PASSWORD}}</p>{{/E_PASSWORD}}
  </div>{{/KNOWN}}
  {{#CHOOSE}}<div class="field">
    <label class="label" for="password">New password</label>
    <input class="input" id="password" name="password" type="password" autocomplete="new-password" minlength="{{PASSWORD_MIN}}" maxlength="256" required aria-describedby="password-hint{{#E_PASSWORD}} password-err{{/E_PASSWORD}}"{{#E_PASSWORD}} aria-invalid="true"{{/E_PASSWORD}}>
    <p class="hint" id="password-hint">At least {{PASSWORD_MIN}} characters. A few unrelated words are easy to keep and hard to guess.</p>
    {{#E_PASSWORD}}<p class="error" id="password-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PASSWORD}}</p>{{/E_PASSWORD}}
  </div>
  <div class="field">
    <label class="label" for="again">The same once more</label>
    <input class="input" id="again" name="again" type="password" autocomplete="new-password" maxlength="256" required{{#E_AGAIN}} aria-describedby="again-err" aria-invalid="true"{{/E_AGAIN}}>
    {{#E_AGAIN}}<p class="error" id="again-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_AGAIN}}</p>{{/E_AGAIN}}
  </div>{{/CHOOSE}}
  <button class="btn primary full" type="submit">{{SUBMIT}}</button>
</form>
<p class="small muted">The link works once, until {{UNTIL}}. Opening this page did not use it.</p>
{{/OPEN}}
