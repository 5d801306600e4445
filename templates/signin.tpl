{{%AUTOESCAPE context="HTML"}}
<div><h1>Sign in</h1><p class="muted">Your organisation’s calendar connection</p></div>
{{>PARTS_FAILED}}
<form class="stack" method="post" action="/signin">
  <input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="next" value="{{NEXT}}">
  <div class="field">
    <label class="label" for="email">E-mail address</label>
    <input class="input" id="email" name="email" type="email" autocomplete="username" maxlength="254" required value="{{V_EMAIL}}"{{#E_EMAIL}} aria-describedby="email-err" aria-invalid="true"{{/E_EMAIL}}>
    {{#E_EMAIL}}<p class="error" id="email-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_EMAIL}}</p>{{/E_EMAIL}}
  </div>
  <div class="field">
    <label class="label" for="password">Password</label>
    <input class="input" id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required aria-describedby="password-hint{{#E_PASSWORD}} password-err{{/E_PASSWORD}}"{{#E_PASSWORD}} aria-invalid="true"{{/E_PASSWORD}}>
    <p class="hint" id="password-hint">Forgotten? Your account admin can make you a link for a new one.</p>
    {{#E_PASSWORD}}<p class="error" id="password-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PASSWORD}}</p>{{/E_PASSWORD}}
  </div>
  <button class="btn primary full" type="submit">Sign in</button>
</form>
<p class="small muted">New here? Your account admin makes you an invitation link.</p>
