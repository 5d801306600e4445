{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/members"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Members</a><h1>Add a member</h1><p>One person whose calendar Latchkey should reach.</p></div>
  <div class="row"><a class="btn" href="/members/import"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#upload"/></svg>Import a list</a></div>
</div>
<div class="split">
  <section class="card" aria-label="Member"><div class="body">
    <form class="stack lg" method="post" action="/members/add"><input type="hidden" name="csrf" value="{{CSRF}}">
      <div class="field">
        <label class="label" for="email">E-mail address</label>
        <input class="input" id="email" name="email" type="email" autocomplete="off" maxlength="254" required value="{{V_EMAIL}}" aria-describedby="email-hint{{#E_EMAIL}} email-err{{/E_EMAIL}}"{{#E_EMAIL}} aria-invalid="true"{{/E_EMAIL}}>
        <p class="hint" id="email-hint">They sign in with it, if you invite them.</p>
        {{#E_EMAIL}}<p class="error" id="email-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_EMAIL}}</p>{{/E_EMAIL}}
      </div>
      <div class="field">
        <label class="label" for="name">Name</label>
        <input class="input" id="name" name="name" autocomplete="off" maxlength="100" value="{{V_NAME}}"{{#E_NAME}} aria-describedby="name-err" aria-invalid="true"{{/E_NAME}}>
        {{#E_NAME}}<p class="error" id="name-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_NAME}}</p>{{/E_NAME}}
      </div>
      <div class="field">
        <label class="label" for="calendar">Address of the mailbox, if it is another</label>
        <input class="input" id="calendar" name="calendar" type="email" autocomplete="off" maxlength="254" value="{{V_CALENDAR}}" aria-describedby="calendar-hint{{#E_CALENDAR}} calendar-err{{/E_CALENDAR}}"{{#E_CALENDAR}} aria-invalid="true"{{/E_CALENDAR}}>
        <p class="hint" id="calendar-hint">Leave it empty when the calendar is in the mailbox of the address above.</p>
        {{#E_CALENDAR}}<p class="error" id="calendar-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_CALENDAR}}</p>{{/E_CALENDAR}}
      </div>
      {{>PARTS_ROLE}}
      <label class="opt"><input type="checkbox" name="invite" value="1"{{#INVITE_CHECKED}} checked{{/INVITE_CHECKED}}><span>Invite them to sign in<br><span class="hint">{{#MAILED}}A link that works once goes to them by mail.{{/MAILED}}{{#BY_HAND}}You get a link that works once and send it yourself: no mail can be sent yet.{{/BY_HAND}} You can do it later, too.</span></span></label>
      <div class="row"><button class="btn primary" type="submit">Add member</button><a class="btn quiet" href="/members">Cancel</a></div>
    </form>
  </div></section>
  <aside class="stack" aria-label="What happens"><section class="card"><header><h2>What happens</h2></header><div class="body"><ol class="steps" role="list">
    <li class="step is-info"><span class="dot">1</span><h3>The member is listed</h3><div class="more">Nobody is told, unless you invite them.</div></li>
    <li class="step is-info"><span class="dot">2</span><h3>The calendar is looked at</h3><div class="more">Within a minute, when the connection works.</div></li>
  </ol></div></section></aside>
</div>
