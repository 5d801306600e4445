{{%AUTOESCAPE context="HTML"}}
<div><h1>Enter your password again</h1><p class="muted">What comes next changes who can sign in, or what they may do. It asks for your password when you last entered it more than {{FRESH}} ago, so that nobody else can do it at your desk.</p>{{#CARRIES}}<p>What you sent is kept: it goes on with your password.{{#RETYPE}} Only a password, a secret, a key or a file in it is in no page: you give it once more.{{/RETYPE}}</p>{{/CARRIES}}</div>
{{>PARTS_FAILED}}
<form class="stack" method="post" action="{{CONFIRM_URL}}">
  <input type="hidden" name="csrf" value="{{CSRF}}">{{#CARRIED}}<textarea name="{{CARRIED_NAME}}" hidden>{{CARRIED_VALUE:p}}</textarea>{{/CARRIED}}
  <input type="email" value="{{MY_EMAIL}}" autocomplete="username" readonly hidden>
  <div class="field">
    <label class="label" for="password">Password of {{MY_EMAIL}}</label>
    <input class="input" id="password" name="{{CONFIRM_FIELD}}" type="password" autocomplete="current-password" maxlength="256" required{{#E_PASSWORD}} aria-describedby="password-err" aria-invalid="true"{{/E_PASSWORD}}>
    {{#E_PASSWORD}}<p class="error" id="password-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PASSWORD}}</p>{{/E_PASSWORD}}
  </div>
  <button class="btn primary full" type="submit">Go on</button>
  <a class="btn quiet full" href="/overview">Cancel</a>
</form>
