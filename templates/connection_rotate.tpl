{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Connection</h1><p>The new secret is proved before it replaces the old one. Nobody is interrupted.</p></div>
  {{#CONNECTION}}<div class="row"><a class="btn" href="/connection/replace">Replace or rename the mailbox</a></div>{{/CONNECTION}}
</div>
{{>PARTS_CONNECTION}}
{{#NO_CONNECTION}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><h2>No connection is in use yet</h2><p>What has never been in use cannot be changed here. Enter it first.</p><div class="row"><a class="btn primary" href="/connection">Go to the connection</a></div></div></section>{{/NO_CONNECTION}}
{{#CONNECTION}}<div class="split">
<div class="stack">
  {{#STOPPED}}<div class="callout is-blocked" role="alert"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{>PARTS_REFUSED}}<span>{{REFUSED_THEN}} below. Everything goes on as soon as it has proved itself.</span><span class="row"><a class="btn sm" href="/connection/test">Or try the old one once more</a></span></div>{{/STOPPED}}
  {{#DRAFT}}<div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><b>Another connection is being entered</b><span>This page is about the one in use. <a href="/connection/credentials">Go on entering the other one</a></span></div>{{/DRAFT}}
  <div class="grid s" id="slots"{{#SLOTS_LIVE}} data-poll="/connection/rotate" data-every="3"{{/SLOTS_LIVE}}>
    {{#SLOT}}<section class="card" aria-labelledby="slot-{{SLOT_ID}}"><header><h2 id="slot-{{SLOT_ID}}">{{SLOT_TITLE}}</h2><span class="pill {{SLOT_CLASS}}"><svg class="i{{#SLOT_SPIN}} spin{{/SLOT_SPIN}}" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{SLOT_ICON:u}}"/></svg>{{SLOT_WORD}}</span></header><div class="body stack"><dl class="kv"><dt>Kind</dt><dd>{{SLOT_KIND}}</dd><dt>Set</dt><dd><time datetime="{{SLOT_AT_ISO}}" data-rel>{{SLOT_AT}}</time></dd><dt>By</dt><dd>{{SLOT_BY}}</dd>{{#SLOT_USED}}<dt>Last used</dt><dd><time datetime="{{SLOT_USED_ISO}}" data-rel>{{SLOT_USED}}</time></dd>{{/SLOT_USED}}{{#SLOT_EXPIRES}}<dt>Ends</dt><dd><time datetime="{{SLOT_EXPIRES_ISO}}" data-rel>{{SLOT_EXPIRES}}</time></dd>{{/SLOT_EXPIRES}}{{#SLOT_ENDS}}<dt>Erased</dt><dd><time datetime="{{SLOT_ENDS_ISO}}" data-rel>{{SLOT_ENDS}}</time></dd>{{/SLOT_ENDS}}<dt>Version</dt><dd class="mono">{{SLOT_VERSION}}</dd></dl>
      {{#SLOT_PROOF}}<p><a href="{{PROOF_URL}}">Step {{PROOF_DONE}} of {{PROOF_ALL}}</a>: {{SLOT_PROOF}}</p><progress max="{{PROOF_ALL}}" value="{{PROOF_DONE}}" aria-label="Proof of the new secret">{{PROOF_DONE}} of {{PROOF_ALL}}</progress>{{/SLOT_PROOF}}
      {{#SLOT_FAILED}}<p>It did not prove itself: <a href="{{PROOF_URL}}">{{SLOT_FAILED}}</a> What was in use stays in use.</p>{{/SLOT_FAILED}}
      {{#SLOT_SIGNIN}}<p>It waits for the sign-in with Microsoft.</p><div class="row"><a class="btn sm" href="/connection/microsoft">Sign in with Microsoft</a></div>{{/SLOT_SIGNIN}}
      {{#SLOT_PROVE}}<form method="post" action="/connection/rotate/prove"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{FROM}}"><button class="btn sm"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Prove it and replace</button></form>{{/SLOT_PROVE}}
      {{#SLOT_DISCARD}}<div class="row"><a class="btn sm" href="/connection/discard">Throw away the new one</a></div>{{/SLOT_DISCARD}}
      {{#SLOT_ERASE}}<div class="row"><a class="btn sm" href="{{ERASE_URL}}">Erase the old one now</a></div>{{/SLOT_ERASE}}
    </div></section>
    {{/SLOT}}
  </div>
  {{#REPLACED}}<div class="callout is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg><b>{{REPLACED_MAILBOX}} is not used any more</b><span>Its settings and its secret are erased <time datetime="{{REPLACED_ENDS_ISO}}" data-rel>{{REPLACED_ENDS}}</time>.</span><span class="row"><a class="btn sm" href="/connection/switch">Go back to it…</a><a class="btn sm" href="{{REPLACED_URL}}">Erase them now</a></span></div>{{/REPLACED}}
  {{#BY_MICROSOFT}}<section class="card" aria-labelledby="ms"><header><h2 id="ms">Sign in again</h2></header><div class="body stack"><p>Signing in as {{SECRET_OF}} renews what Latchkey may do. Needed when its password was reset, or when Microsoft asks for it.</p><div class="row"><a class="btn primary" href="/connection/microsoft"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#key"/></svg>Sign in with Microsoft</a></div></div></section>{{/BY_MICROSOFT}}
  <section class="card" aria-labelledby="newone"><header><h2 id="newone">New {{SECRET_NAME}}</h2></header><div class="body">
    <form class="stack lg" method="post" action="/connection/rotate"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{FROM}}"><input type="hidden" name="over" value="{{OVER}}">
        <div class="field">
          <label class="label" for="secret">{{#WITH_PASSWORD}}New password of {{SECRET_OF}}{{/WITH_PASSWORD}}{{#WITH_END}}Value of the new client secret{{/WITH_END}}</label>
          <input class="input" id="secret" name="secret" type="password" maxlength="1024" autocomplete="new-password" aria-describedby="secret-hint{{#E_SECRET}} secret-err{{/E_SECRET}}"{{#E_SECRET}} aria-invalid="true"{{/E_SECRET}}>
          <p class="hint" id="secret-hint">{{#WITH_PASSWORD}}Change it in Exchange first, then enter it here.{{/WITH_PASSWORD}}{{#WITH_END}}Make it in Microsoft Entra first. Enter its value, not its ID.{{/WITH_END}}</p>
          {{#E_SECRET}}<p class="error" id="secret-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_SECRET}}</p>{{/E_SECRET}}
        </div>
        {{#WITH_END}}<div class="field">
          <label class="label" for="expires">The client secret ends on</label>
          <input class="input date" id="expires" name="expires" type="date" value="{{V_EXPIRES}}" aria-describedby="expires-hint{{#E_EXPIRES}} expires-err{{/E_EXPIRES}}"{{#E_EXPIRES}} aria-invalid="true"{{/E_EXPIRES}}>
          <p class="hint" id="expires-hint">Microsoft shows it beside the secret. You are reminded before it ends.</p>
          {{#E_EXPIRES}}<p class="error" id="expires-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_EXPIRES}}</p>{{/E_EXPIRES}}
        </div>{{/WITH_END}}
        <div class="row"><button class="btn{{#WITH_PASSWORD}} primary{{/WITH_PASSWORD}}{{#BY_CERTIFICATE}} primary{{/BY_CERTIFICATE}}" type="submit">{{#BY_MICROSOFT}}Keep it and sign in{{/BY_MICROSOFT}}{{#WITH_PASSWORD}}Prove and replace{{/WITH_PASSWORD}}{{#BY_CERTIFICATE}}Prove and replace{{/BY_CERTIFICATE}}</button><span class="muted small">If the proof fails, what is in use stays in use.</span></div>
    </form></div>
    {{#BY_CERTIFICATE}}<footer><span class="muted">A certificate is safer than a client secret.</span><a class="btn sm push" href="/connection/certificate">Make a certificate</a></footer>{{/BY_CERTIFICATE}}
  </section>
  {{#WITH_PASSWORD}}<div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><b>If Exchange has already stopped taking the old password</b><span>Latchkey stops after the first refused sign-in, so the account is not locked. What waits is done as soon as the new password has proved itself.</span></div>{{/WITH_PASSWORD}}
</div>
<aside class="stack" aria-label="What happens">
  <section class="card"><header><h2>What happens</h2></header><div class="body"><ol class="steps" role="list">
    <li class="step is-info"><span class="dot">1</span><h3>Sealed</h3><div class="more">It is encrypted before it is stored. This site cannot read it again.</div></li>
    <li class="step is-info"><span class="dot">2</span><h3>Proved</h3><div class="more">One sign-in on a fresh connection, then the mailbox.</div></li>
    <li class="step is-info"><span class="dot">3</span><h3>Switched</h3><div class="more">All calls use the new one from the same moment. What is running goes on. After an hour it is looked at once more.</div></li>
    <li class="step is-info"><span class="dot">4</span><h3>Erased</h3><div class="more">{{#GRACE}}The old one is erased after {{GRACE}}, or at once if you say so.{{/GRACE}}{{#NO_GRACE}}The old one is erased at once.{{/NO_GRACE}}</div></li>
  </ol></div></section>
  <section class="card"><header><h2>History</h2></header><div class="body">{{#EVENTS}}<ol class="timeline" role="list">
    {{#EVENT}}<li class="{{EVENT_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{EVENT_ICON:u}}"/></svg><p>{{EVENT_SAY}}</p><time datetime="{{EVENT_AT_ISO}}" data-rel>{{EVENT_AT}}</time><small>{{EVENT_WHO}}{{#EVENT_DETAIL}}: {{EVENT_DETAIL}}{{/EVENT_DETAIL}}</small></li>
    {{/EVENT}}
  </ol>{{/EVENTS}}{{#NO_EVENTS}}<p class="muted">Nothing was changed yet.</p>{{/NO_EVENTS}}</div></section>
</aside>
</div>{{/CONNECTION}}
