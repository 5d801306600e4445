{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><a class="crumb" href="/connection/test"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg>Tests</a><h1>Connection test</h1><p>Each step needs the ones before it.</p></div>
</div>
{{>PARTS_CONNECTION}}
<div class="split" id="test" data-say="{{VERDICT}}, {{STEPS_DONE}} of {{STEPS_ALL}} steps"{{#LIVE}} data-poll="{{JOB_URL}}" data-every="2"{{/LIVE}}>
  <div class="stack">
    {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>A test waits until it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}
    <section class="card" aria-labelledby="run"><div class="body">
      {{>PARTS_VERDICT}}
    </div>
    <footer>{{#LIVE}}<span class="muted">Started by {{JOB_BY}} <time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></span><span class="row push"><a class="btn sm" href="{{JOB_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Refresh</a><form method="post" action="{{STOP_URL}}"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm">Stop the test</button></form></span>{{/LIVE}}{{#ENDED}}<span class="row"><a class="btn sm" href="{{REPORT_URL}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg>Report for the Exchange admin</a>{{#BEFORE}}<a class="btn sm" href="{{BEFORE_URL}}">Compare with the one before</a>{{/BEFORE}}</span>{{#AGAIN}}<form class="push" method="post" action="/connection/test"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="which" value="{{WHICH}}"><input type="hidden" name="person" value="{{AGAIN_PERSON}}"><input type="hidden" name="outside" value="{{AGAIN_OUTSIDE}}">{{#AGAIN_WRITE}}<input type="hidden" name="write" value="1">{{/AGAIN_WRITE}}<button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Run again</button></form>{{/AGAIN}}{{#PROVE}}<form class="push" method="post" action="/connection/rotate/prove"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="from" value="{{PROVE_OF}}"><button class="btn primary"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>{{PROVE_DO}}</button></form>{{/PROVE}}{{#TEST_READY}}<span class="row push">{{>PARTS_SWITCH}}<a class="btn primary" href="/connection/trial">Try it on members</a></span>{{/TEST_READY}}{{#TRY_PERSON}}<a class="btn primary push" href="/connection/test#person">Test a person’s calendar</a>{{/TRY_PERSON}}{{/ENDED}}</footer></section>
    {{#COMPARED}}<section class="card" aria-labelledby="diff"><header><h2 id="diff">What is different</h2><p>From the <a href="{{WITH_URL}}">test of <time datetime="{{WITH_AT_ISO}}">{{WITH_AT}}</time></a>.</p></header>
      {{#DIFFS}}<div class="flush scroll" tabindex="0" role="region" aria-label="Steps that differ"><table class="table diff"><thead><tr><th scope="col">Step</th><th scope="col">Then</th><th scope="col">In this one</th></tr></thead><tbody>
        {{#DIFF}}<tr><th scope="row">{{STEP_TITLE}}</th><td>{{#THEN}}<span class="pill {{STEP_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STEP_ICON:u}}"/></svg>{{STEP_WORD}}</span>{{/THEN}}</td><td>{{#NOW_STATE}}<span class="pill {{STEP_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STEP_ICON:u}}"/></svg>{{STEP_WORD}}</span>{{/NOW_STATE}}</td></tr>
        {{/DIFF}}
      </tbody></table></div>{{/DIFFS}}
      {{#SAME}}<div class="body"><p>Every step ended the same way.</p></div>{{/SAME}}
    </section>{{/COMPARED}}
    {{>PARTS_STEPS}}
  </div>
  <aside class="stack" aria-label="About this test">
    <section class="card"><header><h2>This test</h2></header><div class="body"><dl class="kv"><dt>Tested</dt><dd>{{TEST_WHAT}}</dd>{{#TEST_MAILBOX}}<dt>Mailbox</dt><dd>{{TEST_MAILBOX}}</dd>{{/TEST_MAILBOX}}{{#TEST_METHOD}}<dt>Method</dt><dd>{{TEST_METHOD}}</dd>{{/TEST_METHOD}}{{#TEST_PERSON}}<dt>Test person</dt><dd>{{TEST_PERSON}}</dd>{{/TEST_PERSON}}{{#TEST_OUTSIDE}}<dt>Must not open</dt><dd>{{TEST_OUTSIDE}}</dd>{{/TEST_OUTSIDE}}{{#TEST_WRITE}}<dt>Test booking</dt><dd>Asked for</dd>{{/TEST_WRITE}}<dt>Started by</dt><dd>{{JOB_BY}}</dd><dt>Started</dt><dd><time datetime="{{CREATED_ISO}}" data-rel>{{CREATED}}</time></dd>{{#TOOK}}<dt>Took</dt><dd>{{TOOK}}</dd>{{/TOOK}}{{#TRIES}}<dt>Tries</dt><dd>{{TRIES}}</dd>{{/TRIES}}<dt>Number</dt><dd>{{JOB_ID}}</dd></dl></div></section>
  </aside>
</div>
