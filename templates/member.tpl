{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div>{{#IS_PERSON}}<a class="crumb" href="/members"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Members</a>{{/IS_PERSON}}{{#IS_ROOM}}<a class="crumb" href="/rooms"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Rooms</a>{{/IS_ROOM}}<h1>{{PERSON_NAME}}</h1><p>{{PERSON_EMAIL}} · added <time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></p></div>
  <div class="row">{{#IS_ON}}<form method="post" action="{{CHECK_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Check now</button></form>{{#MAY_REMIND}}<form method="post" action="{{REMIND_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#mail"/></svg>Send reminder</button></form>{{/MAY_REMIND}}<a class="btn" href="{{EDIT_URL}}">Edit</a>{{/IS_ON}}{{#IS_OFF}}<a class="btn primary" href="{{EDIT_URL}}#on">Activate…</a>{{/IS_OFF}}<a class="btn quiet danger" href="{{REMOVE_URL}}" data-dialog="dlg-remove">Remove…</a></div>
</div>
<div class="split" id="member" data-say="{{#LIVE}}{{LIVE_SAY}}: {{/LIVE}}{{VERDICT}}"{{#LIVE}} data-poll="{{LIVE_URL}}" data-every="{{POLL}}"{{/LIVE}}>
<div class="stack">
  {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>This waits until it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}
  {{#JOB_FAILED}}<div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#limited"/></svg><b>That did not work</b><span>{{JOB_FAILED}}</span></div>{{/JOB_FAILED}}
  <section class="card" aria-labelledby="verdict"><div class="body stack">
    <div class="verdict {{STATUS_CLASS}}"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STATUS_ICON:u}}"/></svg></span><div><h2 id="verdict">{{VERDICT}}</h2><p>{{VERDICT_SAY}}{{#SEEN}} Seen <time datetime="{{SEEN_ISO}}" data-rel>{{SEEN}}</time>.{{/SEEN}}{{#OLD}} That is more than a day old.{{/OLD}}</p>{{#VERDICT_WHY}}<p>{{VERDICT_WHY}}</p>{{/VERDICT_WHY}}{{#STOOD}}<p class="small muted">So since <time datetime="{{STOOD_ISO}}" data-rel>{{STOOD}}</time></p>{{/STOOD}}</div></div>
    {{#LIVE}}<p class="row"><svg class="i spin" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#running"/></svg>{{LIVE_SAY}}<a class="btn sm push" href="{{LIVE_URL}}">Refresh</a></p>{{/LIVE}}
    {{#TRIED}}<div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg><b>The latest try came to nothing: {{TRIED_WHAT}}</b><span><time datetime="{{TRIED_ISO}}" data-rel>{{TRIED}}</time>. {{TRIED_SAY}}{{#STANDS}} The verdict above still stands.{{/STANDS}}{{#NEXT}} The next try is <time datetime="{{NEXT_ISO}}" data-rel>{{NEXT}}</time>.{{/NEXT}}</span></div>{{/TRIED}}
    {{#NOTE}}<div class="callout is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#info"/></svg><b>{{NOTE}}</b><span>{{NOTE_SAY}}</span></div>{{/NOTE}}
    {{>PARTS_FIX}}
  </div></section>
  {{>PARTS_COMMAND}}
  {{#IS_ON}}<section class="card" aria-labelledby="week"><header><h2 id="week">Busy time</h2><span class="small muted">what applications see of {{PERSON_NAME}}{{#WEEK_AT}}, read <time datetime="{{WEEK_AT_ISO}}" data-rel>{{WEEK_AT}}</time>{{/WEEK_AT}}</span></header><div class="body stack">{{>PARTS_WEEK}}</div>
    <footer><span class="muted">Reading it is written to the audit log.</span><form class="push" method="post" action="{{WEEK_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#calendar"/></svg>Read the week now</button></form></footer></section>{{/IS_ON}}
  <section class="card" aria-labelledby="happened"><header><h2 id="happened">What happened</h2></header><div class="body">{{#EVENTS}}<ol class="timeline" role="list">
    {{#EVENT}}<li class="{{EVENT_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{EVENT_ICON:u}}"/></svg><p>{{EVENT_SAY}}</p><time datetime="{{EVENT_AT_ISO}}" data-rel>{{EVENT_AT}}</time><small>{{EVENT_MORE}}</small></li>
    {{/EVENT}}
  </ol>{{/EVENTS}}{{#NO_EVENTS}}<p class="muted">Nothing yet. Each change of the verdict, each reminder and each edit is listed here.</p>{{/NO_EVENTS}}</div>
    {{#PAGER}}<footer class="pager"><span class="muted">Newest first</span><span class="row tight">{{#NEWEST}}<a class="btn sm" href="{{PERSON_URL}}#happened">Newest</a>{{/NEWEST}}{{#OLDER}}<a class="btn sm" href="{{OLDER_URL}}">Older<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/OLDER}}</span></footer>{{/PAGER}}
  </section>
</div>
<aside class="stack" aria-label="Details">
  <section class="card" aria-labelledby="rights"><header><h2 id="rights">Rights</h2><p>Found in the calendar, and needed by the method</p></header>
    <div class="flush scroll" tabindex="0" role="region" aria-label="Table of rights"><table class="table"><thead><tr><th scope="col">Right</th><th scope="col">Found</th><th scope="col">Needed</th></tr></thead><tbody>
      {{#RIGHT}}<tr><th scope="row">{{RIGHT}}</th><td><span class="pill {{RIGHT_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{RIGHT_ICON:u}}"/></svg>{{RIGHT_FOUND}}</span></td><td>{{RIGHT_NEEDED}}</td></tr>
      {{/RIGHT}}
    </tbody></table></div>
    <footer><span>Access level: <b>{{REACH}}</b></span></footer></section>
  <section class="card"><header><h2>Mailbox</h2></header><div class="body"><dl class="kv"><dt>Calendar of</dt><dd>{{MAILBOX}}</dd>{{#OTHER_ADDRESS}}<dt>Signs in as</dt><dd>{{PERSON_EMAIL}}</dd>{{/OTHER_ADDRESS}}{{#ROUTE}}<dt>Reached by</dt><dd>{{ROUTE_METHOD}}{{#ROUTE_FORMER}}, a connection of before{{/ROUTE_FORMER}}</dd><dt>Through</dt><dd>{{ROUTE_MAILBOX}}</dd><dt>Server</dt><dd>{{ROUTE_HOST}}</dd>{{/ROUTE}}{{#NO_ROUTE}}<dt>Reached by</dt><dd>Nothing yet: there is no connection</dd>{{/NO_ROUTE}}<dt>Next look</dt><dd>{{#NEXT}}<time datetime="{{NEXT_ISO}}" data-rel>{{NEXT}}</time>{{/NEXT}}{{#NEXT_NOW}}As soon as possible{{/NEXT_NOW}}{{#NEXT_NEVER}}When there is a connection{{/NEXT_NEVER}}{{#IS_OFF}}None{{/IS_OFF}}</dd></dl></div></section>
  {{#EVIDENCE}}<section class="card"><header><h2>Evidence</h2><p>For whoever looks into the server’s own logs</p></header><div class="body"><dl class="kv">{{#FACT}}<dt>{{FACT_NAME}}</dt><dd>{{FACT}}</dd>{{/FACT}}</dl></div></section>{{/EVIDENCE}}
  {{#IS_PERSON}}<section class="card"><header><h2>Sign-in</h2></header><div class="body"><dl class="kv"><dt>Role</dt><dd>{{PERSON_ROLE}}</dd><dt>Last sign-in</dt><dd>{{#PERSON_SEEN}}<time datetime="{{PERSON_SEEN_ISO}}" data-rel>{{PERSON_SEEN}}</time>{{/PERSON_SEEN}}{{#PERSON_NEVER}}Not yet{{/PERSON_NEVER}}</dd></dl></div><footer><a href="{{EDIT_URL}}">Role, password, invitation</a></footer></section>{{/IS_PERSON}}
  {{#MAILS}}<section class="card"><header><h2>Mails sent to them</h2></header><div class="body">{{>PARTS_MAILS}}</div></section>{{/MAILS}}
</aside>
</div>
<dialog id="dlg-remove" aria-labelledby="dlg-remove-t">
  <div class="stack xs"><h2 id="dlg-remove-t">Remove {{PERSON_NAME}}?</h2>{{>PARTS_IMPACT}}</div>
  <footer><form method="dialog"><button class="btn" autofocus>Keep {{PERSON_NAME}}</button></form><form method="post" action="{{REMOVE_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn danger">Remove {{PERSON_NAME}}</button></form></footer>
</dialog>
