{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/settings/admins"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>People</a><h1>{{PERSON_NAME}}</h1><p>{{PERSON_EMAIL}} · added <time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></p></div>
  <div class="row"><a class="btn quiet danger" href="{{REMOVE_URL}}" data-dialog="dlg-remove">Remove…</a></div>
</div>
<div class="split">
  <div class="stack">
    <section class="card" aria-labelledby="role"><header><h2 id="role">What they may do</h2></header><div class="body">
      <form class="stack" method="post" action="{{ROLE_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}">
        {{>PARTS_ROLE}}
        <div class="row"><button class="btn primary" type="submit">Save the role</button></div>
      </form>
    </div></section>
    {{#CAN_RESET}}<section class="card" aria-labelledby="reset"><header><h2 id="reset">Forgotten password</h2></header><div class="body stack">
      <p>You make a link for a new password. It works once, within {{RESET_HOURS}}; {{#MAILED}}{{PERSON_EMAIL}} gets it by mail{{/MAILED}}{{#BY_HAND}}you send it to {{PERSON_EMAIL}} yourself{{/BY_HAND}}. The old password works until the link is used. Then all their sessions end.</p>
      <form method="post" action="{{RESET_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#key"/></svg>Make the link</button></form>
    </div></section>{{/CAN_RESET}}
    {{#CAN_INVITE}}<section class="card" aria-labelledby="invite"><header><h2 id="invite">Not signed in yet</h2></header><div class="body stack">
      <p>Nobody has used an invitation for {{PERSON_EMAIL}}. You can make a new link; an older one ends at that moment.</p>
      <form method="post" action="/settings/invite"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="email" value="{{PERSON_EMAIL}}"><input type="hidden" name="name" value="{{PERSON_GIVEN}}"><input type="hidden" name="role" value="{{PERSON_ROLE_VALUE}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#mail"/></svg>Make an invitation link</button></form>
    </div></section>{{/CAN_INVITE}}
  </div>
  <aside class="stack" aria-label="Details"><section class="card"><header><h2>Sign-in</h2></header><div class="body"><dl class="kv"><dt>Role now</dt><dd>{{PERSON_ROLE}}</dd><dt>Last sign-in</dt><dd>{{#PERSON_SEEN}}<time datetime="{{PERSON_SEEN_ISO}}" data-rel>{{PERSON_SEEN}}</time>{{/PERSON_SEEN}}{{#PERSON_NEVER}}Not yet{{/PERSON_NEVER}}</dd></dl></div><footer><a href="/settings/sessions">All sessions</a></footer></section></aside>
</div>
<dialog id="dlg-remove" aria-labelledby="dlg-remove-t">
  <div class="stack xs"><h2 id="dlg-remove-t">Remove {{PERSON_NAME}}?</h2>{{>PARTS_REMOVE}}</div>
  <footer><form method="dialog"><button class="btn" autofocus>Keep them</button></form><form method="post" action="{{REMOVE_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn danger">Remove</button></form></footer>
</dialog>
