{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/rotate"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Connection</a><h1>Replace or rename the mailbox</h1>{{#NOW_MAILBOX}}<p>The dedicated mailbox is {{FROM_MAILBOX}} now. It stays in use: the new one is entered and tried beside it, and you switch when you want to.</p>{{/NOW_MAILBOX}}</div>
</div>
{{>PARTS_CONNECTION}}
{{#NO_CONNECTION}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><h2>No connection is in use yet</h2><p>What has never been in use cannot be changed here. Enter it first.</p><div class="row"><a class="btn primary" href="/connection">Go to the connection</a></div></div></section>{{/NO_CONNECTION}}
{{#DRAFT}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><h2>A connection is being entered already</h2><p>Finish it or throw it away first: only one can wait beside the one in use.</p><div class="row"><a class="btn primary" href="/connection/credentials">Go on entering it</a><a class="btn" href="/connection/discard">Throw it away</a></div></div></section>{{/DRAFT}}
{{#FIRST}}<section class="card" aria-labelledby="happened"><header><h2 id="happened">What has happened?</h2></header><div class="body">
  <form class="stack lg" method="get" action="/connection/replace">
    <fieldset class="stack xs"{{#E_WHAT}} aria-describedby="what-err"{{/E_WHAT}}><legend class="sr">What has happened?</legend>
      <label class="opt"><input type="radio" name="what" value="renamed" required{{#IS_RENAMED}} checked{{/IS_RENAMED}}><span>It was renamed<br><span class="hint">The same account with another address. Nothing must be granted again.</span></span></label>
      <label class="opt"><input type="radio" name="what" value="other" required{{#IS_OTHER}} checked{{/IS_OTHER}}><span>It is another mailbox<br><span class="hint">What members and the Exchange admin granted to the old one must be granted to the new one.</span></span></label>
      {{#E_WHAT}}<p class="error" id="what-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_WHAT}}</p>{{/E_WHAT}}
    </fieldset>
    <div class="field">
      <label class="label" for="mailbox">The new address</label>
      <input class="input" id="mailbox" name="mailbox" type="email" required maxlength="254" autocomplete="off" value="{{V_MAILBOX}}" aria-describedby="mailbox-hint{{#E_MAILBOX}} mailbox-err{{/E_MAILBOX}}"{{#E_MAILBOX}} aria-invalid="true"{{/E_MAILBOX}}>
      <p class="hint" id="mailbox-hint">Its own address, not another name of it.</p>
      {{#E_MAILBOX}}<p class="error" id="mailbox-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_MAILBOX}}</p>{{/E_MAILBOX}}
    </div>
    <div class="row"><button class="btn primary" type="submit">Go on</button><a class="btn quiet" href="/connection/rotate">Cancel</a></div>
  </form>
</div></section>{{/FIRST}}
{{#SECOND}}<div class="split">
  <section class="card" aria-labelledby="switch"><header><h2 id="switch">Enter {{TO}} beside {{FROM_MAILBOX}}</h2><p>{{#IS_RENAMED}}The same account under its new address.{{/IS_RENAMED}}{{#IS_OTHER}}Another mailbox.{{/IS_OTHER}} <a href="/connection/replace">Change this</a></p></header><div class="body">
    <form class="stack lg" method="post" action="/connection/replace"><input type="hidden" name="csrf" value="{{CSRF}}">{{#BASE}}<input type="hidden" name="from" value="{{BASE_FROM}}"><input type="hidden" name="rev" value="{{BASE_REV}}">{{/BASE}}<input type="hidden" name="what" value="{{WHAT}}"><input type="hidden" name="mailbox" value="{{TO}}">
        {{#E_MAILBOX}}<p class="error"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_MAILBOX}}</p>{{/E_MAILBOX}}
        {{#WITH_PASSWORD}}<div class="field">
          <label class="label" for="login">Sign-in name</label>
          <input class="input" id="login" name="login" maxlength="320" autocomplete="off" autocapitalize="none" spellcheck="false" value="{{V_LOGIN}}" aria-describedby="login-hint{{#E_LOGIN}} login-err{{/E_LOGIN}}"{{#E_LOGIN}} aria-invalid="true"{{/E_LOGIN}}>
          <p class="hint" id="login-hint">Only when it is not the address. EXAMPLE\name, or name@example.com.</p>
          {{#E_LOGIN}}<p class="error" id="login-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_LOGIN}}</p>{{/E_LOGIN}}
        </div>{{/WITH_PASSWORD}}
        <div class="field">
          <label class="label" for="secret">{{#WITH_PASSWORD}}Password of {{TO}}{{/WITH_PASSWORD}}{{#WITH_END}}Client secret: its value{{/WITH_END}}</label>
          <input class="input" id="secret" name="secret" type="password" maxlength="1024" autocomplete="new-password" aria-describedby="secret-hint{{#E_SECRET}} secret-err{{/E_SECRET}}"{{#E_SECRET}} aria-invalid="true"{{/E_SECRET}}>
          <p class="hint" id="secret-hint">It is entered anew, even if it is the same: a secret is kept for the mailbox it was typed for.</p>
          {{#E_SECRET}}<p class="error" id="secret-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SECRET}}</p>{{/E_SECRET}}
        </div>
        {{#WITH_END}}<div class="field">
          <label class="label" for="expires">The client secret ends on</label>
          <input class="input date" id="expires" name="expires" type="date" value="{{V_EXPIRES}}" aria-describedby="expires-hint{{#E_EXPIRES}} expires-err{{/E_EXPIRES}}"{{#E_EXPIRES}} aria-invalid="true"{{/E_EXPIRES}}>
          <p class="hint" id="expires-hint">Microsoft shows it beside the secret. You are reminded before it ends.</p>
          {{#E_EXPIRES}}<p class="error" id="expires-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_EXPIRES}}</p>{{/E_EXPIRES}}
        </div>{{/WITH_END}}
        <div class="row"><button class="btn primary" type="submit">{{#BY_MICROSOFT}}Go on to the sign-in{{/BY_MICROSOFT}}{{#WITH_PASSWORD}}Prove it{{/WITH_PASSWORD}}{{#BY_CERTIFICATE}}Prove it{{/BY_CERTIFICATE}}</button>{{#BY_CERTIFICATE}}<button class="btn" name="later" value="1">Use a certificate instead</button>{{/BY_CERTIFICATE}}<span class="muted small">{{FROM_MAILBOX}} stays in use until you switch.</span></div>
    </form></div>
  </section>
  <aside class="stack" aria-label="What it takes"><section class="card"><header><h2>Whom it concerns</h2></header><div class="body stack">{{>PARTS_IMPACT}}</div></section><section class="card"><header><h2>What must be granted again</h2></header><div class="body"><ol class="timeline" role="list">
    {{#GRANT}}<li class="{{GRANT_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{GRANT_ICON:u}}"/></svg><p>{{GRANT_WHO}}</p><small>{{GRANT_SAY}}</small></li>
    {{/GRANT}}
  </ol></div></section></aside>
</div>{{/SECOND}}
