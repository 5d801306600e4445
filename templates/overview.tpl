{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Overview</h1><p>{{#CONNECTED}}{{METHOD}}, on {{SERVER}}{{/CONNECTED}}{{#DRAFT}}The connection of {{ORG}} is being set up.{{/DRAFT}}{{#UNSET}}{{ORG}} has no connection yet.{{/UNSET}}{{#SIDE_GONE}}{{ORG}} is disconnected.{{/SIDE_GONE}}</p></div>
  {{#MAY_PAUSE}}<div class="row">{{#MAY_TEST}}<a class="btn" href="/connection/test"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Test now</a>{{/MAY_TEST}}<a class="btn quiet" href="/connection/pause"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#pause"/></svg>Pause</a></div>{{/MAY_PAUSE}}
</div>
<div class="stack">
<div id="engine"{{#FINE}} hidden{{/FINE}}{{#AWAY}} data-poll="/overview" data-every="15"{{/AWAY}}>
  {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>You can look around and change settings, but no server is looked at and the audit log is not sealed until it is back. {{#AWAY_SEEN}}It was last heard of <time datetime="{{PULSE_ISO}}" data-rel>{{PULSE}}</time>.{{/AWAY_SEEN}}{{#AWAY_NEVER}}It has never been heard of.{{/AWAY_NEVER}} Ops can start it with <code>systemctl start latchkey-engine</code></span><span class="row"><a class="btn sm" href="/overview">Look again</a></span></div>{{/AWAY}}
</div>
{{>PARTS_SIDES}}
{{#CONNECTED}}{{#ENDING}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg><b>{{ENDING_WHAT}} {{ENDING_IN}}</b><span>On <time datetime="{{ENDING_AT_ISO}}">{{ENDING_AT}}</time> Microsoft stops taking it. Enter a new one before: it is proved first, and nothing is interrupted.</span><span class="row"><a class="btn sm" href="/connection/rotate">Replace it</a></span></div>
{{/ENDING}}<section class="card" aria-labelledby="health" id="health-card"{{#HERO_POLL}} data-poll="/overview" data-every="15"{{/HERO_POLL}}>
  <div class="body stack lg">
    <div class="hero">
      <div class="verdict {{HERO_CLASS}}"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{HERO_ICON:u}}"/></svg></span><div><h2 id="health">{{HERO_TITLE}}</h2>
        <p>{{#HERO_WELL}}Latchkey signs in as <b>{{MAILBOX}}</b> and opens calendars.{{/HERO_WELL}}{{#HERO_ACT}}{{HERO_ACT}}{{/HERO_ACT}}{{#LAST_OK}} The last call succeeded <time datetime="{{LAST_OK_ISO}}" data-rel>{{LAST_OK}}</time>.{{/LAST_OK}}{{#NEXT_CHECK}} Next check <time datetime="{{NEXT_CHECK_ISO}}" data-rel>{{NEXT_CHECK}}</time>.{{/NEXT_CHECK}}</p>
        {{#HERO_REFUSED}}<p role="alert">The server refused {{REFUSED_MAILBOX}} <time datetime="{{REFUSED_AT_ISO}}" data-rel>{{REFUSED_AT}}</time>.</p>{{/HERO_REFUSED}}
        {{#HERO_SEEN}}<p>Seen last: {{HERO_SEEN}} Ask somebody for help: <a href="/diagnosis">a diagnosis to send</a>.</p>{{/HERO_SEEN}}
        {{#PAUSED}}<p>Paused by {{PAUSED_BY}} <time datetime="{{PAUSED_AT_ISO}}" data-rel>{{PAUSED_AT}}</time>{{#PAUSED_WHY}}: {{PAUSED_WHY}}{{/PAUSED_WHY}}</p><form class="row" method="post" action="/connection/pause/end"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary">Resume</button></form>{{/PAUSED}}
        {{#NEXT}}<div class="row"><a class="btn primary" href="{{NEXT_URL}}">{{NEXT_NAME}}</a></div>{{/NEXT}}</div></div>
      <dl class="stats">
        <div class="stat"><dt>Up, last 90 days</dt><dd>{{#UP}}{{UP_PERCENT}} <small>%</small>{{/UP}}{{#UP_UNKNOWN}}<small>not known yet</small>{{/UP_UNKNOWN}}</dd></div>
        <div class="stat"><dt>Calls today</dt><dd>{{CALLS_TODAY}}</dd></div>
        <div class="stat"><dt>Rejected sign-ins</dt><dd>{{REFUSALS}}</dd></div>
      </dl>
    </div>
    <div>
      <svg class="uptime" viewBox="0 0 90 10" preserveAspectRatio="none" role="img" aria-label="{{DAYS_SAY}}">{{#DAY}}<rect class="fill {{DAY_CLASS}}" x="{{DAY_X}}" y="{{DAY_Y}}" width=".72" height="{{DAY_HEIGHT}}" rx=".2"/>{{/DAY}}</svg>
      <div class="axis"><span>{{DAYS_FROM}}</span><span class="keyline">{{#KEY}}<span class="{{KEY_CLASS}}"><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="fill" width="10" height="10" rx="2"/></svg>{{KEY_NAME}} {{KEY_DAYS}}</span>{{/KEY}}</span><span>Today</span></div>
    </div>
  </div>
</section>{{/CONNECTED}}
{{#SIDE_GONE}}{{>PARTS_GONE}}{{/SIDE_GONE}}
{{#UNSET}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><h2>No connection yet</h2><p>Choose how Latchkey gets into calendars. You need one empty mailbox; it takes about 10 minutes.</p><div class="row"><a class="btn primary" href="/connection/method">Set up the connection</a><a class="btn" href="/connection/look"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#server"/></svg>Look at a server</a></div></div></section>{{/UNSET}}
{{#DRAFT}}<section class="card" aria-labelledby="draft"><div class="body"><div class="verdict is-action"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><div><h2 id="draft">The connection is not in use yet</h2><p>It is used as soon as what is entered has proved itself.</p><div class="row"><a class="btn primary" href="/connection">Go on</a><a class="btn" href="/connection/look"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#server"/></svg>Look at a server</a></div></div></div></div></section>{{/DRAFT}}
<div class="split even">
  {{#CENSUS}}<div class="stack">{{>PARTS_CENSUS}}{{#WHY}}{{>PARTS_WHY}}{{/WHY}}</div>{{/CENSUS}}
  <div class="stack">
    {{#EWS}}<section class="card" aria-labelledby="ews">
      <header><h2 id="ews">EWS ends in Office 365</h2><span class="pill is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#clock"/></svg>{{EWS_LEFT}}</span></header>
      <div class="body stack">
        <p>{{#EWS_ENDS}}Microsoft {{#EWS_OFF_SOON}}switches{{/EWS_OFF_SOON}}{{#EWS_OFF}}switched{{/EWS_OFF}} Exchange Web Services off there by default on 1 October 2026, and removes it on 1 April 2027. Until then your Exchange admin keeps it allowed for this application.{{/EWS_ENDS}}{{#EWS_GONE}}Microsoft has removed Exchange Web Services there on 1 April 2027, so this way into calendars has ended.{{/EWS_GONE}} Your own Exchange servers are not affected.</p>
        <div><progress class="is-limited" max="{{EWS_DAYS}}" value="{{EWS_USED}}" aria-label="Time used since EWS was switched off by default">{{EWS_USED}} of {{EWS_DAYS}} days</progress><div class="axis"><span>Off by default 1 Oct 2026</span><span>Removed 1 Apr 2027</span></div></div>
      </div>
    </section>{{/EWS}}
    {{#CONNECTED}}<section class="card" aria-labelledby="lat">
      <header><h2 id="lat">Call time</h2><span class="small muted">last 24 hours</span></header>
      {{#CALLS}}<div class="body stack">
        <dl class="stats">{{#CALLS_TIMES}}<div class="stat"><dt>Typical</dt><dd>{{CALLS_TYPICAL}} <small>ms</small></dd></div><div class="stat"><dt>Slowest 5 %</dt><dd>{{CALLS_SLOW}} <small>ms</small></dd></div>{{/CALLS_TIMES}}<div class="stat"><dt>Failed</dt><dd>{{CALLS_FAILED}} <small>of {{CALLS_ALL}}</small></dd></div></dl>
        {{#SPARK}}<svg class="spark" viewBox="0 0 300 80" preserveAspectRatio="none" role="img" aria-label="{{SPARK_SAY}}"><polygon class="area" points="{{SPARK_AREA}}"/><polyline class="path" fill="none" stroke-width="1.75" stroke-linejoin="round" vector-effect="non-scaling-stroke" points="{{SPARK_LINE}}"/></svg>{{/SPARK}}
      </div>{{/CALLS}}
      {{#NO_CALLS}}<div class="body"><p class="muted">No call was made in the last 24 hours.</p></div>{{/NO_CALLS}}
    </section>{{/CONNECTED}}
    {{#LOOKS_CARD}}<section class="card" id="looks" aria-labelledby="looks-t"{{#LOOKS_LIVE}} data-poll="/overview" data-every="5"{{/LOOKS_LIVE}}>
      <header><h2 id="looks-t">Latest looks</h2><a class="small" href="/connection/look">All looks</a></header>
      <div class="body">{{>PARTS_LOOKS}}</div>
    </section>{{/LOOKS_CARD}}
    <section class="card" aria-labelledby="people"><header><h2 id="people">People</h2><a class="small" href="/settings/admins">Admins</a></header><div class="body"><dl class="stats">
      <div class="stat"><dt>Account admins</dt><dd>{{ADMINS}}</dd></div>
      <div class="stat"><dt>People in all</dt><dd>{{PEOPLE}}</dd></div>
      <div class="stat"><dt>Open links</dt><dd>{{LINKS}}</dd></div>
    </dl></div></section>
    {{#CENSUS}}{{#CHANGES}}{{>PARTS_CHANGES}}{{/CHANGES}}{{>PARTS_RECENT}}{{/CENSUS}}
  </div>
  {{#NO_CENSUS}}{{>PARTS_RECENT}}{{/NO_CENSUS}}
</div>
{{#REACH}}{{>PARTS_REACH}}{{/REACH}}
</div>
