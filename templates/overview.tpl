{{%AUTOESCAPE context="HTML"}}
{{#ADMIN}}
<div class="head">
  <div><h1>Overview</h1><p>What is set up for {{ORG}}, and what happened lately.</p></div>
</div>
<div class="stack">
<div id="engine"{{#FINE}} hidden{{/FINE}}{{#AWAY}} data-poll="/overview" data-every="15"{{/AWAY}}>
  {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>You can look around and change settings, but no server is looked at and the audit log is not sealed until it is back. {{#AWAY_SEEN}}It was last heard of <time datetime="{{PULSE_ISO}}" data-rel>{{PULSE}}</time>.{{/AWAY_SEEN}}{{#AWAY_NEVER}}It has never been heard of.{{/AWAY_NEVER}} Ops can start it with <code>systemctl start latchkey-engine</code></span><span class="row"><a class="btn sm" href="/overview">Look again</a></span></div>{{/AWAY}}
</div>
<section class="card" aria-labelledby="conn"><div class="body hero">
  <div class="verdict is-unknown"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><div><h2 id="conn">No connection yet</h2><p>Latchkey reaches no calendar of {{ORG}}. This version cannot take a mailbox’s sign-in yet. It can look at your Exchange server: its name, its certificate, and its ways to sign in.</p><div class="row"><a class="btn primary" href="/connection/look"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#server"/></svg>Look at a server</a></div></div></div>
  <dl class="stats">
    <div class="stat"><dt>Account admins</dt><dd>{{ADMINS}}</dd></div>
    <div class="stat"><dt>People in all</dt><dd>{{PEOPLE}}</dd></div>
    <div class="stat"><dt>Open links</dt><dd>{{LINKS}}</dd></div>
  </dl>
</div></section>
<div class="split even">
  <section class="card" id="looks" aria-labelledby="looks-t"{{#LOOKS_LIVE}} data-poll="/overview" data-every="5"{{/LOOKS_LIVE}}>
    <header><h2 id="looks-t">Latest looks</h2><a class="small" href="/connection/look">All looks</a></header>
    {{#LOOKS}}<div class="body">{{>PARTS_LOOKS}}</div>{{/LOOKS}}
    {{#NO_LOOKS}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#server"/></svg></span><h3>No look yet</h3><p>A look needs only the name of a server. It sends no password and changes nothing.</p></div>{{/NO_LOOKS}}
  </section>
  <section class="card" aria-labelledby="recent">
    <header><h2 id="recent">Recent events</h2><a class="small" href="/audit">Audit log</a></header>
    <div class="body"><ol class="timeline" role="list">
      {{#EVENT}}<li class="{{EVENT_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{EVENT_ICON:u}}"/></svg><p>{{EVENT_SAY}}</p><time datetime="{{EVENT_AT_ISO}}" data-rel>{{EVENT_AT}}</time><small>{{EVENT_WHO}}</small></li>
      {{/EVENT}}
    </ol></div>
  </section>
</div>
</div>
{{/ADMIN}}
{{#MEMBER}}
<div class="stack lg">
  <section class="verdict is-unknown"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg></span><div><h1>There is nothing for you to do yet.</h1><p class="lead">{{ORG}} has not connected its calendars. Once an account admin has, this page says whether yours is connected, and what to click if it is not.</p></div></section>
  <div class="split">
    <section class="card" aria-labelledby="what"><header><h2 id="what">What Latchkey is for</h2></header><div class="body stack">
      <p>It lets your organisation’s scheduling application see when you are busy and put bookings into your calendar, through one mailbox that your organisation owns. Nobody needs your password for that.</p>
      <p class="muted">You have a sign-in already, so that you can look after it: change your password, and see where you are signed in.</p>
      <div class="row"><a class="btn" href="/me"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#key"/></svg>My security</a></div>
    </div></section>
    <aside class="stack" aria-label="Your privacy"><section class="card"><header><h2>What it keeps of you now</h2></header><div class="body"><ul class="rights" role="list"><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>Your name and e-mail address</span></li><li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#ok"/></svg><span>When and from where you signed in</span></li></ul><h3>What it never asks for</h3><ul class="rights" role="list"><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg><span>Subjects, texts, places and guests of your events</span></li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg><span>Mail, contacts and files</span></li><li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#blocked"/></svg><span>The password of your mailbox</span></li></ul></div></section></aside>
  </div>
</div>
{{/MEMBER}}
