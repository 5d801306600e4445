{{%AUTOESCAPE context="HTML"}}
<div class="head">
  <div><h1>Connection</h1><p>How it does, and what a test of it finds. A test reads; it changes no calendar unless you tick its box.</p></div>
  <div class="row"><a class="btn quiet" href="/diagnosis"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#download"/></svg>Diagnosis</a>{{#CAN_LEAVE}}{{#CAN_PAUSE}}<a class="btn" href="/connection/pause"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#pause"/></svg>Pause</a>{{/CAN_PAUSE}}<a class="btn quiet" href="/connection/disconnect">Disconnect</a>{{/CAN_LEAVE}}</div>
</div>
{{>PARTS_CONNECTION}}
{{#NO_CONNECTION}}<section class="card"><div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#plug"/></svg></span><h2>No connection yet</h2><p>Choose how Latchkey gets into calendars. You need one empty mailbox; it takes about 10 minutes.</p><div class="row"><a class="btn primary" href="/connection/method">Set up the connection</a></div></div></section>{{/NO_CONNECTION}}
{{#DISCONNECTED}}{{>PARTS_GONE}}{{/DISCONNECTED}}
{{#CONNECTION}}<div class="split">
  <div class="stack">
    {{>PARTS_SIDES}}
    {{#AWAY}}<div class="callout is-action"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#action"/></svg><b>The engine is not running</b><span>A test waits until it is back. Ops can start it with <code>systemctl start latchkey-engine</code></span></div>{{/AWAY}}
    {{#STOPPED}}<div class="callout is-blocked" role="alert"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{>PARTS_REFUSED}}<span>{{STATE_SAY}}</span><span>{{REFUSED_THEN}}: everything goes on as soon as it has proved itself. Sure that nothing was changed? A refusal can be a broken server. Then try once more: that is one sign-in, and if it is refused it may count against the account.</span><span class="row"><a class="btn sm" href="/connection/rotate">{{REFUSED_DO}}</a><form method="post" action="/connection/test"><input type="hidden" name="csrf" value="{{CSRF}}"><input type="hidden" name="which" value="current"><input type="hidden" name="again" value="1"><button class="btn sm">Try once more</button></form><a class="btn sm" href="/diagnosis">Diagnosis to send</a></span></div>{{/STOPPED}}
    {{#PAUSED}}<div class="callout is-unknown"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#pause"/></svg><b>Paused by {{PAUSED_BY}} <time datetime="{{PAUSED_AT_ISO}}" data-rel>{{PAUSED_AT}}</time></b><span>No calls are made until you resume.{{#PAUSED_WHY}} The reason given: {{PAUSED_WHY}}{{/PAUSED_WHY}}</span><span class="row"><form method="post" action="/connection/pause/end"><input type="hidden" name="csrf" value="{{CSRF}}"><button class="btn sm">Resume</button></form></span></div>{{/PAUSED}}
    {{#STATE}}<section class="card" id="state-card" aria-labelledby="state"{{#STATE_POLL}} data-poll="/connection/test" data-every="5"{{/STATE_POLL}}><div class="body hero">
      <div class="verdict {{STATE_CLASS}}"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{STATE_ICON:u}}"/></svg></span><div><h2 id="state">{{STATE_TITLE}}</h2><p>{{STATE_SAY}}</p><p>{{STATE_ACT}}</p>{{#STATE_DO}}<div class="row"><a class="btn" href="{{STATE_URL}}">{{STATE_NAME}}</a></div>{{/STATE_DO}}</div></div>
      <dl class="kv">{{#SINCE}}<dt>Since</dt><dd><time datetime="{{SINCE_ISO}}" data-rel>{{SINCE}}</time></dd>{{/SINCE}}{{#OK_AT}}<dt>Last success</dt><dd><time datetime="{{OK_AT_ISO}}" data-rel>{{OK_AT}}</time></dd>{{/OK_AT}}{{#NEXT_AT}}<dt>Next check</dt><dd><time datetime="{{NEXT_AT_ISO}}" data-rel>{{NEXT_AT}}</time></dd>{{/NEXT_AT}}</dl>
    </div></section>{{/STATE}}
    <section class="card" id="tests" aria-labelledby="earlier"{{#TESTS_LIVE}} data-poll="{{TESTS_URL}}" data-every="5"{{/TESTS_LIVE}}><header><h2 id="earlier">Earlier tests</h2></header>
      {{#TESTS}}<div class="body"><ol class="timeline" role="list">
        {{#EARLIER}}<li class="{{EARLIER_CLASS}}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#{{EARLIER_ICON:u}}"/></svg><p><a href="{{EARLIER_URL}}">{{EARLIER_SAY}}</a></p><time datetime="{{EARLIER_AT_ISO}}" data-rel>{{EARLIER_AT}}</time><small>{{EARLIER_KIND}}{{#EARLIER_OF}}, {{EARLIER_OF}}{{/EARLIER_OF}}</small></li>
        {{/EARLIER}}
      </ol></div>
      {{#PAGER}}<footer class="pager"><span class="muted">Newest first</span><span class="row tight">{{#NEWEST}}<a class="btn sm" href="/connection/test">Newest</a>{{/NEWEST}}{{#OLDER}}<a class="btn sm" href="{{OLDER_URL}}">Older<svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#chevron"/></svg></a>{{/OLDER}}</span></footer>{{/PAGER}}{{/TESTS}}
      {{#NO_TESTS}}<div class="empty"><span class="badge"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#search"/></svg></span><h3>No test yet</h3><p>A test goes through every step from the server’s name to a calendar, and says of each what was seen.</p></div>{{/NO_TESTS}}
    </section>
  </div>
  <aside class="stack" aria-label="Test settings">
    <section class="card" aria-labelledby="with"><header><h2 id="with">Test with</h2></header><div class="body">
      {{#NO_RUN}}<p>{{NO_RUN}}</p>{{/NO_RUN}}
      {{#RUN}}<form class="stack" method="post" action="/connection/test"><input type="hidden" name="csrf" value="{{CSRF}}">
        {{#WHICH_BOTH}}<fieldset class="stack xs"><legend>What is tested</legend>
          <label class="opt"><input type="radio" name="which" value="current"{{#WHICH_CURRENT}} checked{{/WHICH_CURRENT}}><span>What is in use<br><span class="hint">{{CURRENT_MAILBOX}}</span></span></label>
          <label class="opt"><input type="radio" name="which" value="next"{{#WHICH_NEXT}} checked{{/WHICH_NEXT}}><span>What is being entered<br><span class="hint">{{NEXT_MAILBOX}}</span></span></label>
        </fieldset>{{/WHICH_BOTH}}
        {{#WHICH_ONE}}<input type="hidden" name="which" value="{{WHICH}}">{{/WHICH_ONE}}
        {{#OTHERS}}<div class="field">
          <label class="label" for="person">A test person</label>
          <input class="input" id="person" name="person" type="email" autocomplete="off" maxlength="254" value="{{V_PERSON}}" aria-describedby="person-hint{{#E_PERSON}} person-err{{/E_PERSON}}"{{#E_PERSON}} aria-invalid="true"{{/E_PERSON}}>
          <p class="hint" id="person-hint">Somebody whose calendar must open. Leave it empty to test only the way to the mailbox.</p>
          {{#E_PERSON}}<p class="error" id="person-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_PERSON}}</p>{{/E_PERSON}}
        </div>{{/OTHERS}}
        {{#IMPERSONATION}}<div class="field">
          <label class="label" for="outside">A mailbox that must not open</label>
          <input class="input" id="outside" name="outside" type="email" autocomplete="off" maxlength="254" value="{{V_OUTSIDE}}" aria-describedby="outside-hint{{#E_OUTSIDE}} outside-err{{/E_OUTSIDE}}"{{#E_OUTSIDE}} aria-invalid="true"{{/E_OUTSIDE}}>
          <p class="hint" id="outside-hint">Somebody outside the group that was allowed. It is good when it is refused. For impersonation only.</p>
          {{#E_OUTSIDE}}<p class="error" id="outside-err"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#stop"/></svg>{{E_OUTSIDE}}</p>{{/E_OUTSIDE}}
        </div>{{/IMPERSONATION}}
        {{#OTHERS}}<label class="opt"><input type="checkbox" name="write" value="1" aria-describedby="write-hint"{{#WRITE_CHECKED}} checked{{/WRITE_CHECKED}}><span>Also make one test booking<br><span class="hint" id="write-hint">One booking named as a test is made in the test person’s calendar, read back, and removed again. Nobody is invited.</span></span></label>{{/OTHERS}}
        <button class="btn primary" type="submit"><svg class="i" aria-hidden="true"><use href="/static/icons.svg?v={{BUILD:u}}#refresh"/></svg>Run the test</button>
      </form>{{/RUN}}
    </div></section>
  </aside>
</div>{{/CONNECTION}}
