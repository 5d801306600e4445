{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/look"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Connection</a><h1>{{LOOK_HOST}}</h1><p>Each step needs the ones before it. A look reads; it never signs in and changes nothing.</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="split" id="look" data-say="{{VERDICT}}, {{STEPS_DONE}} of {{STEPS_ALL}} steps"{{#LIVE}} data-poll="{{JOB_URL}}" data-every="2"{{/LIVE}}>
  <div class="stack">
    {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>This look waits until it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}
    <section class="card" aria-labelledby="run"><div class="body">
      {{>PARTS_VERDICT}}
    </div>
    <footer>{{#LIVE}}<span class="muted">Started by {{JOB_BY}} <time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></span><span class="row push"><a class="btn sm" href="{{JOB_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Refresh</a><form method="post" action="{{STOP_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm">Stop the look</button></form></span>{{/LIVE}}{{#ENDED}}<span class="muted">Something changed on the server?</span><form class="push" method="post" action="/connection/look"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="host" value="{{HOST}}"><input type="hidden" name="port" value="{{PORT}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Look again</button></form>{{/ENDED}}</footer></section>
    {{>PARTS_STEPS}}
  </div>
  <aside class="stack" aria-label="About this look">
    <section class="card"><header><h2>This look</h2></header><div class="body"><dl class="kv"><dt>Server</dt><dd>{{HOST}}</dd><dt>Port</dt><dd>{{PORT}}</dd><dt>Started by</dt><dd>{{JOB_BY}}</dd><dt>Started</dt><dd><time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></dd>{{#TOOK}}<dt>Took</dt><dd>{{TOOK}}</dd>{{/TOOK}}{{#TRIES}}<dt>Tries</dt><dd>{{TRIES}}</dd>{{/TRIES}}<dt>Number</dt><dd>{{JOB_ID}}</dd></dl></div></section>
  </aside>
</div>
