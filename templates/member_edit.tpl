{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="{{PERSON_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>{{PERSON_NAME}}</a><h1>Edit {{PERSON_NAME}}</h1><p>{{PERSON_EMAIL}} · added <time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></p></div>
</div>
<div class="split">
  <div class="stack">
    <section class="card" aria-labelledby="who"><header><h2 id="who">Name and calendar</h2></header><div class="body">
      <form class="stack" method="post" action="{{EDIT_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="was_name" value="{{WAS_NAME}}"><input type="hidden" name="was_calendar" value="{{WAS_CALENDAR}}">
        <div class="field">
          <label class="label" for="name">Name</label>
          <input class="input" id="name" name="name" autocomplete="off" maxlength="100" value="{{V_NAME}}"{{#E_NAME}} aria-describedby="name-err" aria-invalid="true"{{/E_NAME}}>
          {{#E_NAME}}<p class="error" id="name-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_NAME}}</p>{{/E_NAME}}
        </div>
        <div class="field">
          <label class="label" for="calendar">Calendar address</label>
          <input class="input" id="calendar" name="calendar" type="email" autocomplete="off" maxlength="254" value="{{V_CALENDAR}}" aria-describedby="calendar-hint{{#E_CALENDAR}} calendar-err{{/E_CALENDAR}}"{{#E_CALENDAR}} aria-invalid="true"{{/E_CALENDAR}}>
          <p class="hint" id="calendar-hint">Only when the mailbox has another address than {{PERSON_EMAIL}}. Use the primary one that Outlook shows. The calendar is looked at again soon.</p>
          {{#E_CALENDAR}}<p class="error" id="calendar-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_CALENDAR}}</p>{{/E_CALENDAR}}
        </div>
        <div class="row"><button class="btn primary" type="submit">Save</button><a class="btn quiet" href="{{PERSON_URL}}">Cancel</a></div>
      </form>
    </div></section>
    {{#HAS_ROLE}}<section class="card" aria-labelledby="role"><header><h2 id="role">What they may do</h2></header><div class="body">
      <form class="stack" method="post" action="{{ROLE_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}">
        {{>PARTS_ROLE}}
        <div class="row"><button class="btn" type="submit">Save the role</button></div>
      </form>
    </div></section>{{/HAS_ROLE}}
    {{#CAN_RESET}}<section class="card" aria-labelledby="reset"><header><h2 id="reset">Forgotten password</h2></header><div class="body stack">
      <p>You make a link for a new password. It works once, within {{RESET_HOURS}}; {{#MAILED}}{{PERSON_EMAIL}} gets it by mail{{/MAILED}}{{#BY_HAND}}you send it to {{PERSON_EMAIL}} yourself{{/BY_HAND}}. The old password works until the link is used. Then all their sessions end.</p>
      <form method="post" action="{{RESET_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#key"/></svg>Make the link</button></form>
    </div></section>{{/CAN_RESET}}
    {{#CAN_INVITE}}<section class="card" aria-labelledby="invite"><header><h2 id="invite">Not signed in yet</h2></header><div class="body stack">
      <p>Nobody has used an invitation for {{PERSON_EMAIL}}. You can make a new link; an older one ends at that moment.</p>
      <form method="post" action="/settings/invite"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="email" value="{{PERSON_EMAIL}}"><input type="hidden" name="name" value="{{PERSON_GIVEN}}"><input type="hidden" name="role" value="{{PERSON_ROLE_VALUE}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#mail"/></svg>Make an invitation link</button></form>
    </div></section>{{/CAN_INVITE}}
    {{#IS_ON}}<section class="card" aria-labelledby="off"><header><h2 id="off">Deactivate</h2></header><div class="body stack">
      <p>For somebody who is away for long, or has left and may come back.</p>
      {{>PARTS_IMPACT}}
      <form method="post" action="{{OFF_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#pause"/></svg>Deactivate {{PERSON_NAME}}</button></form>
    </div></section>{{/IS_ON}}
    {{#IS_OFF}}<section class="card" aria-labelledby="on"><header><h2 id="on">Activate</h2></header><div class="body stack">
      <p>The calendar is looked at again{{#IS_PERSON}}, and {{PERSON_NAME}} can sign in as before{{/IS_PERSON}}.</p>
      <form method="post" action="{{ON_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#check"/></svg>Activate {{PERSON_NAME}}</button></form>
    </div></section>{{/IS_OFF}}
  </div>
  <aside class="stack" aria-label="Other things to do"><section class="card"><header><h2>For good</h2></header><div class="body"><p>Removing takes {{PERSON_NAME}} out of {{ORG}}, with all that is known here.</p></div><footer><a class="btn quiet danger" href="{{REMOVE_URL}}">Remove…</a></footer></section></aside>
</div>
