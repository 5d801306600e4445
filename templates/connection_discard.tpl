{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/credentials"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Credentials</a><h1>{{TITLE}}</h1></div>
</div>
{{>PARTS_CONNECTION}}
<section class="card" aria-label="What happens">
  <div class="body stack"><p>The settings and the secret that wait to be proved are removed. {{#LIVE}}The connection in use stays as it is.{{/LIVE}}{{#NO_LIVE}}There is no connection then.{{/NO_LIVE}}</p></div>
  <footer><a class="btn push" href="/connection/credentials">Keep them</a><form method="post" action="/connection/discard"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{BASE_FROM}}"><button class="btn danger">Throw away</button></form></footer>
</section>
