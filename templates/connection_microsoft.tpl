{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/credentials"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Credentials</a><h1>Sign in with Microsoft</h1><p>Once, as the mailbox. Its password goes to Microsoft only; what Latchkey gets instead is sealed at once.</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="split">
  <div class="stack">
    {{#UNFIT}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>There is nothing to sign in to yet</b><span>Choose Office 365 and “the mailbox signs in”, and enter the tenant and the application first.</span><span class="row"><a class="btn sm" href="/connection/credentials">Enter the credentials</a></span></div>{{/UNFIT}}
    {{#BEGIN}}<section class="card" aria-labelledby="what"><header><h2 id="what">What will happen</h2></header><div class="body"><ol class="steps" role="list">
      <li class="step is-info"><span class="dot"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#arrow"/></svg></span><h3>You go to Microsoft’s page</h3><div class="more">Microsoft always asks for the mailbox’s password, even if you are signed in as yourself.</div></li>
      <li class="step is-info"><span class="dot"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#person"/></svg></span><h3>You sign in as {{MAILBOX}}</h3><div class="more">If you sign in as somebody else by mistake, nothing is stored.</div></li>
      <li class="step is-info"><span class="dot"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg></span><h3>Microsoft sends you back here, and you finish</h3><div class="more">Latchkey compares who signed in with the mailbox, tries the connection, and only then uses it. You have 15 minutes.</div></li>
    </ol></div><footer><form class="push" method="post" action="/connection/microsoft"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary">Begin</button></form></footer></section>{{/BEGIN}}
    {{>PARTS_MICROSOFT}}
  </div>
  {{#FACTS}}<aside class="stack" aria-label="About this sign-in">
    <section class="card"><header><h2>With what</h2></header><div class="body stack"><dl class="kv"><dt>Mailbox</dt><dd>{{MAILBOX}}</dd><dt>Tenant</dt><dd>{{TENANT}}</dd><dt>Application</dt><dd>{{CLIENT_ID}}</dd></dl></div></section>
    <section class="card"><header><h2>Sent back to</h2></header><div class="body stack"><p class="muted">The application must know this address: in the Entra admin centre, under Authentication, as a redirect URI of the platform Web.</p><div class="copyline"><code id="return">{{RETURN_URL}}</code><button class="btn quiet sm" type="button" data-copy="return" hidden><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#copy"/></svg>Copy<span class="sr"> the redirect address</span></button></div></div></section>
  </aside>{{/FACTS}}
</div>
