{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Boundaries</h1><p>How far Latchkey is meant to reach into mailboxes of {{ORG}}, and how far it does: measured, not assumed. As of <time datetime="{{AS_OF_ISO}}">{{AS_OF}}</time>.</p></div>
  <div class="row"><a class="btn quiet" href="/boundaries.csv"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg>File for an auditor</a><a class="btn{{#LEVEL_UNSAID}} primary{{/LEVEL_UNSAID}}" href="/boundaries/edit">Say what is intended</a></div>
</div>
{{>PARTS_CONNECTION}}
<div class="stack" id="reach"{{#OUTSIDE_LIVE}} data-poll="{{LIVE_URL}}" data-every="3"{{/OUTSIDE_LIVE}}>
<div class="split down">
  <div class="stack">
  <section class="card" aria-labelledby="verdict"><div class="body">
    <div class="verdict {{FIT_CLASS}}"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{FIT_ICON:u}}"/></svg></span><div><h2 id="verdict">{{FIT_TITLE}}</h2>
      <p>{{#LEVEL_UNSAID}}Until an admin has, Latchkey measures and compares with nothing.{{/LEVEL_UNSAID}}{{#SAID_BY}}Intended: <b>{{LEVEL_TITLE}}</b>, said by {{SAID_BY}} <time datetime="{{SAID_AT_ISO}}" data-rel>{{SAID_AT}}</time>.{{/SAID_BY}}{{#METHOD}} The method in use: {{METHOD}}.{{/METHOD}}</p>
      {{#FIT_LEFT}}<p>Not measured: {{FIT_LEFT}}.</p>{{/FIT_LEFT}}
      {{#OLDEST}}<p class="muted">Measured {{#NEWEST}}between {{/NEWEST}}<time datetime="{{OLDEST_ISO}}" data-rel>{{OLDEST}}</time>{{#NEWEST}} and <time datetime="{{NEWEST_ISO}}" data-rel>{{NEWEST}}</time>{{/NEWEST}}. Each check of a calendar measures it again.</p>{{/OLDEST}}</div></div>
  </div></section>
  <section class="card" aria-labelledby="measured"><header><h2 id="measured">Measured</h2><p>Whether calendar and inbox open is asked. Nothing in them is read for that.</p></header>
    {{#SOMEBODY}}<div class="flush scroll" tabindex="0" role="region" aria-label="What was measured"><table class="table"><thead><tr><th scope="col">What opens</th><th scope="col" class="end">People</th><th scope="col" class="end">Rooms</th></tr></thead><tbody>
      {{#MEASURED}}<tr><th scope="row"><span class="row tight">{{REACH_TITLE}} {{>PARTS_STATUS}}</span>{{#MEANS}}<span class="sub">{{MEANS}}</span>{{/MEANS}}{{#LOST}}<span class="sub">What does not work: {{LOST}}</span>{{/LOST}}{{#MEND}}<span class="sub">{{#MEND_WHO}}<b>{{MEND_WHO}}:</b> {{/MEND_WHO}}{{MEND}}</span>{{/MEND}}</th><td class="end"><a href="{{REACH_PEOPLE_URL}}">{{REACH_PEOPLE}}<span class="sr"> people: {{REACH_TITLE}}</span></a></td><td class="end"><a href="{{REACH_ROOMS_URL}}">{{REACH_ROOMS}}<span class="sr"> rooms: {{REACH_TITLE}}</span></a></td></tr>
      {{/MEASURED}}
    </tbody></table></div>{{/SOMEBODY}}
    {{#NOBODY}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#people"/></svg></span><h2>Nobody is here yet</h2><p>How far Latchkey reaches is measured in each member’s mailbox.</p><div class="row"><a class="btn" href="/members">Members</a></div></div>{{/NOBODY}}
  </section>
  </div>
  <aside class="stack" aria-label="Facts">
    <section class="card" aria-labelledby="outside"><header><h2 id="outside">A mailbox that must stay shut</h2></header><div class="body stack">
      {{#OUTSIDE_NONE}}<p>None is named. Name the mailbox of somebody whom Latchkey must never reach, and it is tried daily whether it stays shut.</p><div class="row"><a class="btn sm" href="/boundaries/edit">Name one</a></div>{{/OUTSIDE_NONE}}
      {{#OUTSIDE_NAMED}}<div class="verdict {{OUTSIDE_CLASS}}"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{OUTSIDE_ICON:u}}"/></svg></span><div><h3>{{OUTSIDE_TITLE}}</h3><p><b>{{OUTSIDE}}</b></p></div></div>
      {{#OUTSIDE_OPENS}}<p>The right that lets Latchkey in reaches farther than intended. An Exchange admin narrows the scope of the role, or takes the right to this mailbox away.</p>{{/OUTSIDE_OPENS}}
      {{#OUTSIDE_SHUT}}<p>Latchkey asked for it and was refused: {{OUTSIDE_WHY}}.</p>{{/OUTSIDE_SHUT}}
      {{#OUTSIDE_UNKNOWN}}<p>It was not seen yet whether it stays shut.</p>{{/OUTSIDE_UNKNOWN}}
      {{#OUTSIDE_AT}}<p class="muted">Seen <time datetime="{{OUTSIDE_AT_ISO}}" data-rel>{{OUTSIDE_AT}}</time>{{#OUTSIDE_FORMER}}, by another connection or method than the one in use{{/OUTSIDE_FORMER}}.{{#OUTSIDE_DAILY}} It is tried daily.{{/OUTSIDE_DAILY}}</p>{{/OUTSIDE_AT}}
      {{#OUTSIDE_TRIED}}<p class="muted">The latest try, <time datetime="{{OUTSIDE_TRIED_AT_ISO}}" data-rel>{{OUTSIDE_TRIED_AT}}</time>, told nothing: {{OUTSIDE_TRIED}}.</p>{{/OUTSIDE_TRIED}}
      {{#OUTSIDE_LIVE}}<p role="status">It is being tried now.</p>{{/OUTSIDE_LIVE}}
      {{#OUTSIDE_MAY}}<form method="post" action="/boundaries/measure"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Measure now</button></form>{{/OUTSIDE_MAY}}{{/OUTSIDE_NAMED}}
      {{#OUTSIDE_POINTLESS}}<p class="muted">Nothing is tried now: {{OUTSIDE_POINTLESS}}</p>{{/OUTSIDE_POINTLESS}}
    </div></section>
    <section class="card" aria-labelledby="kept"><header><h2 id="kept">What Latchkey keeps</h2></header><div class="body"><ul class="rights" role="list">
      <li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>Of a calendar: start, end and kind of each busy block, when somebody looks at it, for 24 hours.</span></li>
      <li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>Of a mailbox: the rights that were found, the name of the calendar folder, when that was, and what the server said about it.</span></li>
      <li class="is-blocked"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg><span>Never asked for: subject, place, text and guests of what is not Latchkey’s own booking, and members’ mail.</span></li>
    </ul></div></section>
    <section class="card" aria-labelledby="sees"><header><h2 id="sees">Who can see it</h2></header><div class="body"><ul class="rights" role="list">
      <li class="is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#people"/></svg><span>Account admins see this page. Whoever looks at a member’s busy time stands in the <a href="/audit">audit log</a>.</span></li>
      <li class="is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#person"/></svg><span>Members see their own calendar alone, on their own page.</span></li>
      <li class="is-info"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#server"/></svg><span>Whoever runs the server can read its database. Passwords and keys are sealed in it.</span></li>
    </ul></div></section>
  </aside>
</div>
<section class="card" id="list" aria-labelledby="who"><header><h2 id="who">Who</h2></header>
  <div class="body"><nav aria-label="Which"><ul class="chips" role="list">{{#CHIP}}<li><a class="chip {{CHIP_CLASS}}" href="{{CHIP_URL}}"{{#CHIP_HERE}} aria-current="true"{{/CHIP_HERE}}><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{CHIP_ICON:u}}"/></svg>{{CHIP_NAME}}{{#CHIP_N}} <b>{{CHIP_N}}</b>{{/CHIP_N}}</a></li>{{/CHIP}}</ul></nav>{{#NO_MATCH}}<p>Nobody is so.</p>{{/NO_MATCH}}</div>
  {{#ROWS}}<div class="flush scroll" tabindex="0" role="region" aria-label="Whom it is about"><table class="table"><thead><tr><th scope="col">Name</th><th scope="col">To what is intended</th><th scope="col" class="col-l">Rights found</th><th scope="col" class="col-m">Measured</th></tr></thead><tbody>
    {{#ROW}}<tr><th scope="row"><a href="/members/{{ROW_ID}}">{{ROW_NAME}}</a><span class="sub">{{ROW_LOCAL}}<wbr>{{ROW_DOMAIN}}</span></th><td>{{>PARTS_STATUS}}</td><td class="col-l muted">{{ROW_RIGHTS}}</td><td class="col-m">{{#ROW_AT}}<time datetime="{{ROW_AT_ISO}}" data-rel>{{ROW_AT}}</time>{{/ROW_AT}}{{#ROW_NEVER}}<span class="muted">Not yet</span>{{/ROW_NEVER}}{{#ROW_OLD}}<span class="sub stale">older than a day</span>{{/ROW_OLD}}</td></tr>
    {{/ROW}}
  </tbody></table></div>
  <footer class="pager"><span class="muted num">{{SAY}}</span><span class="row tight">{{#FIRST}}<a class="btn sm" href="{{FIRST_URL}}">First page</a>{{/FIRST}}{{#NEXT}}<a class="btn sm" href="{{NEXT_URL}}">Next page<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/NEXT}}</span></footer>{{/ROWS}}
</section>
</div>
