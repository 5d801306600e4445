{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Connection</a><h1>{{TITLE}}</h1></div>
</div>
{{>PARTS_CONNECTION}}
<section class="card" aria-label="What happens">
  <div class="body stack"><p>{{#DRAFT}}The settings and the secret that wait to be proved are removed.{{/DRAFT}}{{#WAITS}}The new secret that waits to be proved is removed.{{/WAITS}} {{#LIVE}}The connection in use stays as it is.{{/LIVE}}{{#NO_LIVE}}There is no connection then.{{/NO_LIVE}}</p></div>
  <footer><a class="btn push" href="{{#DRAFT}}/connection/credentials{{/DRAFT}}{{#WAITS}}/connection/rotate{{/WAITS}}">{{#DRAFT}}Keep them{{/DRAFT}}{{#WAITS}}Keep it{{/WAITS}}</a><form method="post" action="/connection/discard"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{BASE_FROM}}"><input type="hidden" name="rev" value="{{BASE_REV}}"><input type="hidden" name="over" value="{{OVER}}"><button class="btn danger">Throw away</button></form></footer>
</section>
