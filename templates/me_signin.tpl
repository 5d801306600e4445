{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>My sign-in</h1><p>Latchkey opens your calendar with your own sign-in, and with no more rights than you have. It goes in and never comes out: this site cannot read it, and no admin can.</p></div>
</div>
{{#OWN_UNFIT}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg></span><h2>Nothing to enter here</h2><p>{{OWN_UNFIT}}</p></div></section>{{/OWN_UNFIT}}
<div class="stack">
<div class="stack" id="own"{{#OWN_EMPTY}} hidden{{/OWN_EMPTY}}{{#OWN_PROVING}} data-poll="/me/signin" data-every="2"{{/OWN_PROVING}}>
{{#OWN_PROVING}}<div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#running"/></svg><b>What you entered is being proved</b><span>It is used as soon as it has proved itself.</span><span class="row"><a class="btn sm" href="{{JOB_URL}}">Watch it</a></span></div>{{/OWN_PROVING}}
{{#OWN_FAILED}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>What you entered last is not used</b><span>{{OWN_OUTCOME}}</span><span class="row"><a class="btn sm" href="{{JOB_URL}}">See what happened</a></span></div>{{/OWN_FAILED}}
{{#OWN_ELSEWHERE}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>Enter it once more</b><span>The connection leads to another server now. What you entered was for the former one, so it is not sent there.</span></div>{{/OWN_ELSEWHERE}}
{{#OWN_CURRENT}}<section class="card" aria-labelledby="used"><header><h2 id="used">In use</h2>{{#OWN_USED}}<span class="pill is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg>Proved</span>{{/OWN_USED}}</header><div class="body"><dl class="kv"><dt>Signs in as</dt><dd>{{OWN_LOGIN}}</dd>{{#OWN_SET}}<dt>Set</dt><dd><time datetime="{{OWN_SET_ISO}}" data-rel>{{OWN_SET}}</time></dd>{{/OWN_SET}}{{#OWN_LAST}}<dt>Last used</dt><dd><time datetime="{{OWN_LAST_ISO}}" data-rel>{{OWN_LAST}}</time></dd>{{/OWN_LAST}}<dt>Version</dt><dd class="mono">{{OWN_VERSION}}</dd></dl></div><footer><a class="btn quiet danger push" href="/me/signin/remove">Remove…</a></footer></section>{{/OWN_CURRENT}}
</div>
{{#BY_MICROSOFT}}<section class="card" aria-labelledby="ms"><header><h2 id="ms">{{#OWN_NONE}}Sign in with Microsoft{{/OWN_NONE}}{{#OWN_CURRENT}}Sign in again{{/OWN_CURRENT}}</h2></header><div class="body stack"><p>You go to Microsoft’s page, sign in as {{MAILBOX}}, and come back. Latchkey compares who signed in, opens your calendar once, and only then keeps anything.</p><form method="post" action="/me/microsoft"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#key"/></svg>Sign in with Microsoft</button></form></div></section>{{/BY_MICROSOFT}}
{{#WITH_PASSWORD}}<section class="card" aria-labelledby="enter"><header><h2 id="enter">{{#OWN_NONE}}Enter your sign-in{{/OWN_NONE}}{{#OWN_CURRENT}}Enter a new one{{/OWN_CURRENT}}</h2></header><div class="body">
  <form class="stack lg" method="post" action="/me/signin"><input type="hidden" name="csrf" value="{{CSRF}}">
    <div class="field">
      <label class="label" for="login">Sign-in name</label>
      <input class="input" id="login" name="login" value="{{V_LOGIN}}" maxlength="320" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="login-hint{{#E_LOGIN}} login-err{{/E_LOGIN}}"{{#E_LOGIN}} aria-invalid="true"{{/E_LOGIN}}>
      <p class="hint" id="login-hint">Leave it empty if you sign in to Outlook with {{MAILBOX}}. Otherwise as you enter it there, for example COMPANY\name.</p>
      {{#E_LOGIN}}<p class="error" id="login-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_LOGIN}}</p>{{/E_LOGIN}}
    </div>
    <div class="field">
      <label class="label" for="password">The password of your mailbox</label>
      <input class="input" id="password" name="password" type="password" maxlength="1024" autocomplete="off" required aria-describedby="password-hint{{#E_PASSWORD}} password-err{{/E_PASSWORD}}"{{#E_PASSWORD}} aria-invalid="true"{{/E_PASSWORD}}>
      <p class="hint" id="password-hint">The one that you use for Outlook. It is tried once; if it is refused, nothing is kept and it is not tried again.</p>
      {{#E_PASSWORD}}<p class="error" id="password-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PASSWORD}}</p>{{/E_PASSWORD}}
    </div>
    <div class="row"><button class="btn primary" type="submit">Prove and use it</button><span class="muted small">What is in use stays in use until the new one has proved itself.</span></div>
  </form></div></section>{{/WITH_PASSWORD}}
</div>
