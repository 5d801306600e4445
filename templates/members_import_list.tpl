{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/members/import"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Import members</a><h1>{{TITLE}}</h1><p>{{#READY}}What each line would do. Nothing is changed yet.{{/READY}}{{#BEGUN}}What became of the list.{{/BEGUN}}</p></div>
  {{#REFUSED_URL}}<div class="row"><a class="btn" href="{{REFUSED_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg>Refused lines</a></div>{{/REFUSED_URL}}
</div>
<div class="stack">
  <section class="card" id="import" aria-labelledby="run" data-say="{{VERDICT}}"{{#LIVE}} data-poll="{{IMPORT_URL}}" data-every="2"{{/LIVE}}>
    <div class="body stack">
      <div class="verdict {{JOB_CLASS}}"><span class="badge"><svg class="i{{#LIVE}} spin{{/LIVE}}" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{JOB_ICON:u}}"/></svg></span><div><h2 id="run">{{VERDICT}}</h2><p>{{JOB_SAY}}</p></div></div>
      {{#LIVE}}<div><progress max="{{LINES_ALL}}" value="{{LINES_DONE}}" aria-label="Lines done">{{LINES_SAY}}</progress><div class="axis"><span>{{LINES_SAY}}</span><span>{{LEFT_SAY}}</span></div></div>
      {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>The import goes on when it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}{{/LIVE}}
      {{#ADMINS}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>{{ADMINS_SAY}}</b><span>An account admin sees the connection and removes people. Look at these lines before you go on.</span></div>{{/ADMINS}}
      {{#READY}}<p class="hint">Read as {{SHAPE}} Something else was meant? <a href="/members/import">Give the list again</a> and say what the columns are.</p>{{/READY}}
    </div>
    {{#READY}}<footer><form method="post" action="{{DISCARD_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn quiet">Throw away</button></form>{{#CAN_BEGIN}}<form class="push" method="post" action="{{BEGIN_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#upload"/></svg>{{BEGIN_SAY}}</button></form>{{/CAN_BEGIN}}</footer>{{/READY}}
    {{#LIVE}}<footer><span class="muted">Begun by {{IMPORT_BY}}</span><span class="row push"><a class="btn sm" href="{{IMPORT_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Refresh</a><form method="post" action="{{STOP_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm">Stop the import</button></form></span></footer>{{/LIVE}}
    {{#OVER}}<footer><a class="btn" href="/members/import">Import another list</a><a class="btn primary push" href="/members">See the members</a></footer>{{/OVER}}
  </section>
  <nav aria-label="Filter by what a line does"><ul class="chips" role="list">{{#CHIP}}<li><a class="chip {{CHIP_CLASS}}" href="{{CHIP_URL}}"{{#CHIP_HERE}} aria-current="true"{{/CHIP_HERE}}><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{CHIP_ICON:u}}"/></svg>{{CHIP_NAME}} <b>{{CHIP_COUNT}}</b></a></li>{{/CHIP}}</ul></nav>
  <section class="card" aria-label="Lines">
    {{#LINES}}<div class="flush scroll" tabindex="0" role="region" aria-label="Table of lines"><table class="table top"><thead><tr><th scope="col" class="col-s">Line</th><th scope="col">Member</th><th scope="col">Verdict</th><th scope="col" class="col-m">Why, and what changes</th></tr></thead><tbody>
      {{#LINE}}<tr class="{{LINE_CLASS}}"><td class="num col-s">{{LINE_N}}</td><th scope="row">{{LINE_NAME}}{{#LINE_ADMIN}} <span class="tag">account admin</span>{{/LINE_ADMIN}}{{#LINE_ROOM}} <span class="tag">room</span>{{/LINE_ROOM}}<span class="sub">{{LINE_EMAIL}}</span></th><td><span class="pill {{LINE_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{LINE_ICON:u}}"/></svg>{{LINE_WORD}}</span><span class="sub un-m">{{LINE_SAY}}</span></td><td class="col-m">{{LINE_SAY}}</td></tr>
      {{/LINE}}
    </tbody></table></div>{{/LINES}}
    {{#NO_LINES}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg></span><h3>No such line</h3><p>No line of the list fits this filter. Look at all of them.</p></div>{{/NO_LINES}}
    {{#PAGER}}<footer class="pager"><span class="muted">In the order of the list</span><span class="row tight">{{#FIRST_URL}}<a class="btn sm" href="{{FIRST_URL}}">First page</a>{{/FIRST_URL}}{{#MORE_URL}}<a class="btn sm" href="{{MORE_URL}}">Next page<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/MORE_URL}}</span></footer>{{/PAGER}}
  </section>
</div>
