{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/members/find"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Find people</a><h1>{{FOUND_TITLE}}</h1><p>{{FOUND_PURPOSE}}</p></div>
</div>
<div class="stack" id="found" data-say="{{VERDICT}}"{{#LIVE}} data-poll="{{JOB_URL}}" data-every="2"{{/LIVE}}>
  {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>This waits until it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}
  <section class="card" aria-labelledby="run"><div class="body">{{>PARTS_VERDICT}}</div>
    {{#LIVE}}<footer><span class="muted num">{{FOUND_SO_FAR}}</span><span class="row push"><a class="btn sm" href="{{JOB_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Refresh</a><form method="post" action="{{STOP_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm">Stop</button></form></span></footer>{{/LIVE}}
    {{#FOUND_ALL}}<footer><span class="muted">Those who are members already stay as they are.</span><form class="push" method="post" action="{{ADD_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary" name="all" value="1"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plus"/></svg>{{FOUND_ALL}}</button></form></footer>{{/FOUND_ALL}}
  </section>
  {{#TOLD}}{{>PARTS_STEPS}}{{/TOLD}}
  {{#FOUND}}<section class="card picks" aria-label="Who was found">
    <form class="flush" method="post" action="{{ADD_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}">{{#AFTER}}<input type="hidden" name="after" value="{{AFTER}}">{{/AFTER}}
      <div class="scroll" tabindex="0" role="region" aria-label="Table of who was found">
      <table class="table"><thead><tr><td class="pick"><label class="check"><input type="checkbox" name="page" data-all><span class="sr">Select everyone on this page</span></label></td><th scope="col">Name</th><th scope="col">Kind</th><th scope="col" class="col-m">Found in</th></tr></thead>
      <tbody>
        {{#ROW}}<tr><td class="pick">{{#ROW_CAN}}<label class="check"><input type="checkbox" name="n.{{ROW_N}}"><span class="sr">Select {{ROW_NAME}}</span></label>{{/ROW_CAN}}</td><th scope="row">{{ROW_NAME}}<span class="sub">{{ROW_LOCAL}}<wbr>{{ROW_DOMAIN}}</span></th><td>{{ROW_KIND}}{{#ROW_IS}}<span class="sub">{{ROW_IS}}</span>{{/ROW_IS}}{{#ROW_OPEN}}<span class="sub"><button class="btn sm" name="open" value="{{ROW_OPEN}}">Open<span class="sr"> {{ROW_NAME}}</span></button></span>{{/ROW_OPEN}}</td><td class="col-m muted">{{ROW_LIST}}</td></tr>
        {{/ROW}}
      </tbody></table>
      </div>
      <div class="bulk" role="group" aria-label="For those selected"><output class="num">selected</output><button class="btn sm primary">Add them as members</button></div>
    </form>
    <footer class="pager"><span class="muted num">{{SAY}}</span><span class="row tight">{{#FIRST}}<a class="btn sm" href="{{JOB_URL}}">First page</a>{{/FIRST}}{{#MORE}}<a class="btn sm" href="{{MORE_URL}}">Next page<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/MORE}}</span></footer>
  </section>{{/FOUND}}
</div>
