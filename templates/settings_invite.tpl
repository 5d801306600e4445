{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/settings/admins"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Admins</a><h1>Invite a person</h1>{{#MAILED}}<p>They get a link that works once, by mail. You see it, too.</p>{{/MAILED}}{{#BY_HAND}}<p>You get a link that works once. Send it yourself: no mail can be sent yet.</p>{{/BY_HAND}}</div>
</div>
<div class="split">
  <section class="card" aria-label="Invitation"><div class="body">
    <form class="stack lg" method="post" action="/settings/invite"><input type="hidden" name="csrf" value="{{CSRF}}">
      <div class="field">
        <label class="label" for="email">E-mail address</label>
        <input class="input" id="email" name="email" type="email" autocomplete="off" maxlength="254" required value="{{V_EMAIL}}" aria-describedby="email-hint{{#E_EMAIL}} email-err{{/E_EMAIL}}"{{#E_EMAIL}} aria-invalid="true"{{/E_EMAIL}}>
        <p class="hint" id="email-hint">They sign in with it. Use the address of their mailbox.</p>
        {{#E_EMAIL}}<p class="error" id="email-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_EMAIL}}</p>{{/E_EMAIL}}
      </div>
      <div class="field">
        <label class="label" for="name">Name</label>
        <input class="input" id="name" name="name" autocomplete="off" maxlength="100" value="{{V_NAME}}" aria-describedby="name-hint{{#E_NAME}} name-err{{/E_NAME}}"{{#E_NAME}} aria-invalid="true"{{/E_NAME}}>
        <p class="hint" id="name-hint">May stay empty: they choose it when they accept.</p>
        {{#E_NAME}}<p class="error" id="name-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_NAME}}</p>{{/E_NAME}}
      </div>
      {{>PARTS_ROLE}}
      <div class="row"><button class="btn primary" type="submit">Make the link</button><a class="btn quiet" href="/settings/admins">Cancel</a></div>
    </form>
  </div></section>
  <aside class="stack" aria-label="What happens"><section class="card"><header><h2>What happens</h2></header><div class="body"><ol class="steps" role="list">
    <li class="step is-info"><span class="dot">1</span><h3>You get a link</h3><div class="more">It is shown to you only, for a few minutes.</div></li>
    {{#MAILED}}<li class="step is-info"><span class="dot">2</span><h3>It goes to them by mail</h3><div class="more">The page of the link says what became of it.</div></li>{{/MAILED}}{{#BY_HAND}}<li class="step is-info"><span class="dot">2</span><h3>You send it</h3><div class="more">To that person alone, in a way you trust.</div></li>{{/BY_HAND}}
    <li class="step is-info"><span class="dot">3</span><h3>They choose a password</h3><div class="more">Within {{INVITE_DAYS}}. Then the link has ended, and the audit log says so.</div></li>
  </ol></div></section></aside>
</div>
