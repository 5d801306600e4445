{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>My security</h1><p>Your password, and everywhere you are signed in.</p></div>
</div>
<div class="split">
  <div class="stack">
    <section class="card" aria-labelledby="pw"><header><h2 id="pw">Change password</h2></header><div class="body">
      <form class="stack" method="post" action="/me/security/password"><input type="hidden" name="csrf" value="{{CSRF}}">
        <input type="email" value="{{MY_EMAIL}}" autocomplete="username" readonly hidden>
        <div class="field">
          <label class="label" for="old">Password now</label>
          <input class="input" id="old" name="old" type="password" autocomplete="current-password" maxlength="256" required{{#E_OLD}} aria-describedby="old-err" aria-invalid="true"{{/E_OLD}}>
          {{#E_OLD}}<p class="error" id="old-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_OLD}}</p>{{/E_OLD}}
        </div>
        <div class="field">
          <label class="label" for="password">New password</label>
          <input class="input" id="password" name="password" type="password" autocomplete="new-password" minlength="{{PASSWORD_MIN}}" maxlength="256" required aria-describedby="password-hint{{#E_PASSWORD}} password-err{{/E_PASSWORD}}"{{#E_PASSWORD}} aria-invalid="true"{{/E_PASSWORD}}>
          <p class="hint" id="password-hint">At least {{PASSWORD_MIN}} characters. A few unrelated words are easy to keep and hard to guess.</p>
          {{#E_PASSWORD}}<p class="error" id="password-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PASSWORD}}</p>{{/E_PASSWORD}}
        </div>
        <div class="field">
          <label class="label" for="again">The same once more</label>
          <input class="input" id="again" name="again" type="password" autocomplete="new-password" maxlength="256" required{{#E_AGAIN}} aria-describedby="again-err" aria-invalid="true"{{/E_AGAIN}}>
          {{#E_AGAIN}}<p class="error" id="again-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_AGAIN}}</p>{{/E_AGAIN}}
        </div>
        <div class="row"><button class="btn primary" type="submit">Change password</button><span class="muted small">Everywhere else you will be signed out.</span></div>
      </form>
    </div></section>
    <section class="card" aria-labelledby="sessions"><header><h2 id="sessions">Where you are signed in</h2><span class="small muted">{{SESSIONS}}</span></header>
      {{>PARTS_SESSIONS}}
      {{#OTHERS}}<footer><span class="muted">If you do not know one of them, end it and change your password.</span><form class="push" method="post" action="/me/security/sessions/end"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm">End all others</button></form></footer>{{/OTHERS}}
    </section>
  </div>
  <aside class="stack" aria-label="About you">{{#MAILS}}<section class="card"><header><h2>Mails sent to you</h2></header><div class="body">{{>PARTS_MAILS}}</div></section>{{/MAILS}}<section class="card"><header><h2>About you</h2></header><div class="body"><dl class="kv"><dt>Name</dt><dd>{{MY_NAME}}</dd><dt>Address</dt><dd>{{MY_EMAIL}}</dd><dt>Account</dt><dd>{{ORG}}</dd><dt>Role</dt><dd>{{MY_ROLE}}</dd><dt>Password from</dt><dd><time datetime="{{PASSWORD_AT_ISO}}" data-rel>{{PASSWORD_AT}}</time></dd></dl></div>{{#SWITCH}}<footer><a href="/signin/account">Change to another account</a></footer>{{/SWITCH}}</section></aside>
</div>
