{{%AUTOESCAPE context="HTML"}}
<div class="split">
  <div class="stack lg">
    {{#MIND}}<div class="callout is-limited"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#limited"/></svg><b>Before you run it</b><span>{{MIND}}</span></div>{{/MIND}}
    {{#PART}}<section class="stack xs" aria-labelledby="{{PART_ID}}-t"><h2 id="{{PART_ID}}-t">{{PART_TITLE}}</h2><p class="muted">{{PART_SAY}}</p>
    <div class="code"><header><span>{{PART_FILE}}</span><span class="row tight">{{#PART_COPY}}<button class="btn sm" type="button" data-copy="{{PART_ID}}" hidden><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#copy"/></svg>Copy<span class="sr"> {{PART_FILE}}</span></button>{{/PART_COPY}}<a class="btn sm" href="{{PART_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg>Download<span class="sr"> {{PART_FILE}}</span></a></span></header>
      <pre id="{{PART_ID}}" tabindex="0">{{PART_TEXT:p}}</pre></div>{{#PART_SHORT}}<p class="muted">{{PART_SHORT}}</p>{{/PART_SHORT}}</section>
    {{/PART}}
  </div>
  <aside class="stack" aria-label="About the script">
    <section class="card"><header><h2>Before you run it</h2></header><div class="body"><ol class="steps" role="list">
      <li class="step is-info"><span class="dot">1</span><h3>Open the shell</h3><div class="more">{{#SHELL}}The Exchange Management Shell, on a server or where the management tools are.{{/SHELL}}{{#ONLINE}}PowerShell with the module ExchangeOnlineManagement. Sign in with Connect-ExchangeOnline.{{/ONLINE}}</div></li>
      <li class="step is-info"><span class="dot">2</span><h3>Run it</h3><div class="more">Download the file, read it, run it. {{TAKES}}</div></li>
      <li class="step is-info"><span class="dot">3</span><h3>See whether it worked</h3><div class="more">With the second script.{{#WAIT}} It takes {{WAIT}} until it holds everywhere.{{/WAIT}}</div></li>
      <li class="step is-info"><span class="dot">4</span><h3>{{#OPEN}}Say that it has run{{/OPEN}}{{#MAY_CHECK}}Have them looked at{{/MAY_CHECK}}{{#NO_CHECK}}Test the connection{{/NO_CHECK}}</h3><div class="more">{{#OPEN}}The button is at the top of this page.{{/OPEN}}{{#MAY_CHECK}}“Check those people now”, at the top of this page.{{/MAY_CHECK}}{{#NO_CHECK}}<a href="/connection/test">The test</a> shows what has changed.{{/NO_CHECK}}</div></li>
    </ol></div></section>
    <section class="card"><header><h2>What it changes</h2></header><div class="body"><ul class="rights" role="list">{{#GRANT}}<li class="is-ok"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#check"/></svg><span>{{GRANT}}</span></li>{{/GRANT}}</ul><h3>What it leaves alone</h3><ul class="rights" role="list">{{#LEAVE}}<li class="is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#skip"/></svg><span>{{LEAVE}}</span></li>{{/LEAVE}}</ul></div></section>
    <p class="small muted">Made for {{MADE_FOR}} on {{MADE}}. It holds no password.</p>
  </aside>
</div>
