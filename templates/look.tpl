{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/look"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Connection</a><h1>{{LOOK_HOST}}</h1><p>Each step needs the ones before it. A look reads; it never signs in and changes nothing.</p></div>
</div>
<div class="split" id="look" data-say="{{VERDICT}}, {{STEPS_DONE}} of {{STEPS_ALL}} steps"{{#LIVE}} data-poll="{{LOOK_URL}}" data-every="2"{{/LIVE}}>
  <div class="stack">
    {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>This look waits until it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}
    <section class="card" aria-labelledby="run"><div class="body">
      <div class="verdict {{LOOK_CLASS}}"><span class="badge"><svg class="i{{#LOOK_SPIN}} spin{{/LOOK_SPIN}}" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{LOOK_ICON:u}}"/></svg></span><div><h2 id="run">{{VERDICT}}</h2><p>{{LOOK_SAY}}{{#ENDED}} Seen <time datetime="{{LOOK_AT_ISO}}" data-rel>{{LOOK_AT}}</time>.{{/ENDED}}</p></div></div>
    </div>
    <footer>{{#LIVE}}<span class="muted">Started by {{LOOK_BY}} <time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></span><span class="row push"><a class="btn sm" href="{{LOOK_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Refresh</a><form method="post" action="{{STOP_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm">Stop the look</button></form></span>{{/LIVE}}{{#ENDED}}<span class="muted">Something changed on the server?</span><form class="push" method="post" action="/connection/look"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="host" value="{{HOST}}"><input type="hidden" name="port" value="{{PORT}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Look again</button></form>{{/ENDED}}</footer></section>
    <section class="card" aria-labelledby="steps">
      <header><h2 id="steps">Steps</h2>{{#PROGRESS}}<span class="num muted small">{{STEPS_DONE}} of {{STEPS_ALL}} finished</span><p><progress max="{{STEPS_ALL}}" value="{{STEPS_DONE}}" aria-label="Steps finished">{{STEPS_DONE}} of {{STEPS_ALL}}</progress></p>{{/PROGRESS}}</header>
      <div class="body"><ol class="steps" role="list">
        {{#STEP}}<li class="step {{STEP_CLASS}}"><span class="dot"><svg class="i{{#SPIN}} spin{{/SPIN}}" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STEP_ICON:u}}"/></svg></span><h3><span class="sr">{{STEP_WORD}}: </span>{{STEP_TITLE}}</h3><span class="time">{{STEP_TIME}}</span>{{#STEP_MORE}}<div class="more">
          {{#STEP_SAY}}<span>{{STEP_SAY}}</span>{{/STEP_SAY}}
          {{#STEP_CAUSE}}<dl class="kv cause"><dt>{{STEP_KIND}}</dt><dd>{{STEP_WHAT}}</dd>{{#STEP_WHY}}<dt>Why</dt><dd>{{STEP_WHY}}</dd>{{/STEP_WHY}}{{#STEP_FIX}}<dt>What to do</dt><dd>{{STEP_FIX}}</dd>{{/STEP_FIX}}</dl>{{/STEP_CAUSE}}
          {{#STEP_RAW}}<details><summary>What the server said</summary><div class="code"><pre tabindex="0">{{STEP_RAW:p}}</pre></div></details>{{/STEP_RAW}}
        </div>{{/STEP_MORE}}</li>
        {{/STEP}}
        {{#NO_STEPS}}<li class="step is-unknown"><span class="dot"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#unknown"/></svg></span><h3>No step has begun</h3></li>{{/NO_STEPS}}
      </ol></div>
    </section>
  </div>
  <aside class="stack" aria-label="About this look">
    <section class="card"><header><h2>This look</h2></header><div class="body"><dl class="kv"><dt>Server</dt><dd>{{HOST}}</dd><dt>Port</dt><dd>{{PORT}}</dd><dt>Started by</dt><dd>{{LOOK_BY}}</dd><dt>Started</dt><dd><time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></dd>{{#TOOK}}<dt>Took</dt><dd>{{TOOK}}</dd>{{/TOOK}}{{#TRIES}}<dt>Tries</dt><dd>{{TRIES}}</dd>{{/TRIES}}<dt>Number</dt><dd>{{LOOK_ID}}</dd></dl></div></section>
  </aside>
</div>
